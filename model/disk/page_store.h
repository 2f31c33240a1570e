// model/disk/page_store.h: the bytes of one disk, as sparse copy-on-write pages of 4 KiB.
//
//   root ──> node ──> node ──> page        a radix tree of 64 children per node, as deep as the disk is
//      │        └──> node ──> page         big: 8 MiB two levels, 1 TiB five
//      └──> node                           a hole reads as zeroes; what was never written costs nothing
//
// Copying a store shares the whole tree (one reference count), so a snapshot is O(1); the first write
// after it copies the path to its page. Walking the tree is walking the disk in order: there is no hash
// container here. Each node keeps the sum of its pages' hashes until it is written, so the hash of a
// disk's content costs what has changed since it was last asked.
//
// Counts are not atomic: a store, its copies and its pool belong to one thread. What threads share is a
// DiskImage: its tree is frozen, never counted and never written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/disk/types.h"

namespace raidsim::disk {

inline constexpr uint32_t page_blocks = 8;
inline constexpr uint32_t page_bytes = page_blocks * block_bytes;

struct Page;
struct PageNode;

/// Recycles pages and nodes. One per thread, kept over many simulations, so that a seed costs little.
/// It outlives every store that uses it.
class PagePool {
 public:
  PagePool();
  ~PagePool();  ///< ends the process when a store is still using it
  PagePool(const PagePool&) = delete;
  PagePool& operator=(const PagePool&) = delete;

  [[nodiscard]] size_t pages_in_use() const noexcept { return pages_in_use_; }
  [[nodiscard]] size_t nodes_in_use() const noexcept { return nodes_in_use_; }

 private:
  friend class PageStore;
  friend class DiskImage;
  Page* take_page();  ///< content undefined
  PageNode* take_node();
  void give(Page* page) noexcept;
  void give(PageNode* node) noexcept;
  void release(PageNode* node, uint32_t level) noexcept;  ///< one reference less, and all below when it was the last

  struct Slabs;
  std::unique_ptr<Slabs> slabs_;
  Page* free_pages_ = nullptr;
  PageNode* free_nodes_ = nullptr;
  size_t pages_in_use_ = 0;
  size_t nodes_in_use_ = 0;
};

/// A disk's content that nobody can change any more: may be read from any thread and stand below any
/// number of stores.
class DiskImage {
 public:
  ~DiskImage();
  DiskImage(const DiskImage&) = delete;
  DiskImage& operator=(const DiskImage&) = delete;
  [[nodiscard]] uint64_t blocks() const noexcept { return blocks_; }

 private:
  friend class PageStore;
  DiskImage() = default;
  PageNode* copy_frozen(const PageNode& from, uint32_t level, uint64_t first_page);
  PagePool pool_;
  PageNode* root_ = nullptr;
  uint64_t blocks_ = 0;
};

class PageStore {
 public:
  PageStore(PagePool& pool, uint64_t blocks);
  /// Starts with the content of `base`.
  PageStore(PagePool& pool, std::shared_ptr<const DiskImage> base);
  PageStore(const PageStore& other);  ///< O(1): shares every page
  PageStore& operator=(const PageStore& other);
  PageStore(PageStore&& other) noexcept;
  ~PageStore();

  [[nodiscard]] uint64_t blocks() const noexcept { return blocks_; }

  /// Shape  [block, block + count) within the store; `count` blocks at `out` or `data`
  void read(uint64_t block, uint32_t count, std::byte* out) const;
  /// Writing zeroes over a hole allocates nothing.
  void write(uint64_t block, uint32_t count, const std::byte* data);
  void clear();  ///< all zeroes again

  /// Hash of the content alone: equal content, equal hash, however it came about.
  [[nodiscard]] uint64_t content_hash() const;
  /// An immutable copy for other threads and later simulations. O(pages).
  [[nodiscard]] std::shared_ptr<const DiskImage> freeze() const;
  /// Indexes of the pages that were written at some time, ascending.
  [[nodiscard]] std::vector<uint64_t> pages() const;
  /// The first of them from `page` on; UINT64_MAX when there is none. As quick as a look-up, however big the hole.
  [[nodiscard]] uint64_t next_page(uint64_t page) const;
  [[nodiscard]] PagePool& pool() const noexcept { return *pool_; }

 private:
  [[nodiscard]] const Page* find(uint64_t page) const noexcept;
  Page& own(uint64_t page, bool whole);  ///< path to `page` made private; content kept unless `whole`
  [[nodiscard]] PageNode* own_node(PageNode* node, uint32_t level);
  void release_root() noexcept;

  PagePool* pool_;
  std::shared_ptr<const DiskImage> base_;  ///< keeps the frozen part of the tree alive
  PageNode* root_ = nullptr;
  uint64_t blocks_;
  uint32_t levels_;
};

}  // namespace raidsim::disk
