#include "model/disk/page_store.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "engine/assert.h"

namespace raidsim::disk {

namespace {

constexpr uint32_t fan_bits = 6;
constexpr uint32_t fan = 1U << fan_bits;
constexpr uint32_t frozen = UINT32_MAX;  ///< count of what belongs to a DiskImage
constexpr size_t slab_objects = 64;

bool all_zero(const std::byte* bytes, size_t size) {
  // Compares the range with itself, shifted by one: memcmp runs at the speed of memory.
  return bytes[0] == std::byte{0} && std::memcmp(bytes, bytes + 1, size - 1) == 0;
}

/// In pieces of few blocks: those the C library copies by the widest moves that the machine has. For more it takes a
/// string instruction, which takes longer to start than a block takes to copy, and so does g++ for any size that it
/// can guess; hence the empty statement, after which it knows nothing of the size.
void copy_blocks(std::byte* to, const std::byte* from, uint32_t blocks) {
  constexpr uint32_t most = 3;
  while (blocks != 0) {
    const uint32_t piece = std::min(blocks, most);
    size_t bytes = size_t{piece} * block_bytes;
    asm("" : "+r"(bytes));
    std::memcpy(to, from, bytes);
    to += bytes;
    from += bytes;
    blocks -= piece;
  }
}

}  // namespace

struct Page {
  uint32_t references;
  Page* next_free;
  alignas(64) std::array<std::byte, page_bytes> bytes;
};

/// Children are pages at the lowest level and nodes above it.
struct PageNode {
  uint32_t references;
  bool hash_known;
  uint64_t hash;  ///< sum over the pages below
  PageNode* next_free;
  std::array<void*, fan> children;
};

namespace {

uint32_t levels_for(uint64_t blocks) {
  const uint64_t pages = (blocks + page_blocks - 1) / page_blocks;
  uint32_t levels = 1;
  while (levels < 10 && (pages >> (levels * fan_bits)) != 0) ++levels;
  return levels;
}

uint32_t child_at(uint64_t page, uint32_t level) {
  return static_cast<uint32_t>(page >> (level * fan_bits)) & (fan - 1);
}

void share(uint32_t& references) {
  if (references != frozen) ++references;
}

/// Zero pages count nothing, so a hole and a page of zeroes are equal.
uint64_t page_hash(const Page& page, uint64_t index) {
  if (all_zero(page.bytes.data(), page_bytes)) return 0;
  return XXH3_64bits_withSeed(page.bytes.data(), page_bytes, index + 1);
}

uint64_t node_hash(const PageNode& node, uint32_t level, uint64_t first_page) {
  if (node.hash_known) return node.hash;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < fan; ++i) {
    if (node.children[i] == nullptr) continue;
    const uint64_t page = first_page + (uint64_t{i} << (level * fan_bits));
    sum += level == 0 ? page_hash(*static_cast<const Page*>(node.children[i]), page)
                      : node_hash(*static_cast<const PageNode*>(node.children[i]), level - 1, page);
  }
  if (node.references != frozen) {  // a cache, not content; frozen nodes are filled in when they are made
    const_cast<PageNode&>(node).hash = sum;
    const_cast<PageNode&>(node).hash_known = true;
  }
  return sum;
}

void collect(const PageNode& node, uint32_t level, uint64_t first_page, std::vector<uint64_t>& out) {
  for (uint32_t i = 0; i < fan; ++i) {
    if (node.children[i] == nullptr) continue;
    const uint64_t page = first_page + (uint64_t{i} << (level * fan_bits));
    if (level == 0) {
      out.push_back(page);
    } else {
      collect(*static_cast<const PageNode*>(node.children[i]), level - 1, page, out);
    }
  }
}

/// First page of the subtree that is not below `from`; `first_page` is the subtree's first.
uint64_t next_in(const PageNode& node, uint32_t level, uint64_t first_page, uint64_t from) {
  const uint32_t start = from <= first_page ? 0 : child_at(from, level);
  for (uint32_t i = start; i < fan; ++i) {
    if (node.children[i] == nullptr) continue;
    const uint64_t page = first_page + (uint64_t{i} << (level * fan_bits));
    if (level == 0) return page;
    const uint64_t found = next_in(*static_cast<const PageNode*>(node.children[i]), level - 1, page, from);
    if (found != UINT64_MAX) return found;
  }
  return UINT64_MAX;
}

}  // namespace

struct PagePool::Slabs {
  std::vector<std::unique_ptr<std::array<Page, slab_objects>>> pages;
  std::vector<std::unique_ptr<std::array<PageNode, slab_objects>>> nodes;
};

PagePool::PagePool() : slabs_(std::make_unique<Slabs>()) {}

PagePool::~PagePool() {
  if (pages_in_use_ != 0 || nodes_in_use_ != 0) std::terminate();  // a store outlived its pool: use after free
}

Page* PagePool::take_page() {
  if (free_pages_ == nullptr) {
    slabs_->pages.emplace_back(new std::array<Page, slab_objects>);
    for (Page& page : *slabs_->pages.back()) page.next_free = std::exchange(free_pages_, &page);
  }
  Page* page = std::exchange(free_pages_, free_pages_->next_free);
  page->references = 1;
  ++pages_in_use_;
  return page;
}

PageNode* PagePool::take_node() {
  if (free_nodes_ == nullptr) {
    slabs_->nodes.emplace_back(new std::array<PageNode, slab_objects>);
    for (PageNode& node : *slabs_->nodes.back()) node.next_free = std::exchange(free_nodes_, &node);
  }
  PageNode* node = std::exchange(free_nodes_, free_nodes_->next_free);
  node->references = 1;
  node->hash_known = false;
  node->children.fill(nullptr);
  ++nodes_in_use_;
  return node;
}

void PagePool::give(Page* page) noexcept {
  page->next_free = std::exchange(free_pages_, page);
  --pages_in_use_;
}

void PagePool::give(PageNode* node) noexcept {
  node->next_free = std::exchange(free_nodes_, node);
  --nodes_in_use_;
}

void PagePool::release(PageNode* node, uint32_t level) noexcept {
  if (node->references == frozen || --node->references != 0) return;
  for (void* child : node->children) {
    if (child == nullptr) continue;
    if (level != 0) {
      release(static_cast<PageNode*>(child), level - 1);
      continue;
    }
    auto* page = static_cast<Page*>(child);
    if (page->references != frozen && --page->references == 0) give(page);
  }
  give(node);
}

DiskImage::~DiskImage() {
  // The image's pages are frozen and go with the slabs: only the books need closing.
  pool_.pages_in_use_ = 0;
  pool_.nodes_in_use_ = 0;
}

PageStore::PageStore(PagePool& pool, uint64_t blocks) : pool_(&pool), blocks_(blocks), levels_(levels_for(blocks)) {}

PageStore::PageStore(PagePool& pool, std::shared_ptr<const DiskImage> base)
    : pool_(&pool),
      base_(std::move(base)),
      root_(base_->root_),
      blocks_(base_->blocks_),
      levels_(levels_for(blocks_)) {}

PageStore::PageStore(const PageStore& other)
    : pool_(other.pool_), base_(other.base_), root_(other.root_), blocks_(other.blocks_), levels_(other.levels_) {
  if (root_ != nullptr) share(root_->references);
}

PageStore& PageStore::operator=(const PageStore& other) {
  if (this == &other) return *this;
  if (other.root_ != nullptr) share(other.root_->references);
  release_root();
  pool_ = other.pool_;
  root_ = other.root_;
  base_ = other.base_;
  blocks_ = other.blocks_;
  levels_ = other.levels_;
  return *this;
}

PageStore::PageStore(PageStore&& other) noexcept
    : pool_(other.pool_),
      base_(std::move(other.base_)),
      root_(std::exchange(other.root_, nullptr)),
      blocks_(other.blocks_),
      levels_(other.levels_) {}

PageStore::~PageStore() { release_root(); }

void PageStore::release_root() noexcept {
  if (root_ != nullptr) pool_->release(std::exchange(root_, nullptr), levels_ - 1);
}

void PageStore::clear() {
  release_root();
  base_.reset();
}

const Page* PageStore::find(uint64_t page) const noexcept {
  const PageNode* node = root_;
  for (uint32_t level = levels_ - 1; node != nullptr && level > 0; --level) {
    node = static_cast<const PageNode*>(node->children[child_at(page, level)]);
  }
  return node == nullptr ? nullptr : static_cast<const Page*>(node->children[child_at(page, 0)]);
}

PageNode* PageStore::own_node(PageNode* node, uint32_t level) {
  if (node == nullptr) return pool_->take_node();
  if (node->references == 1) {
    node->hash_known = false;
    return node;
  }
  PageNode* copy = pool_->take_node();
  copy->children = node->children;
  for (void* child : copy->children) {
    if (child == nullptr) continue;
    if (level == 0) {
      share(static_cast<Page*>(child)->references);
    } else {
      share(static_cast<PageNode*>(child)->references);
    }
  }
  if (node->references != frozen) --node->references;  // another store holds it: it was more than 1
  return copy;
}

Page& PageStore::own(uint64_t page, bool whole) {
  root_ = own_node(root_, levels_ - 1);
  PageNode* node = root_;
  for (uint32_t level = levels_ - 1; level > 0; --level) {
    void*& child = node->children[child_at(page, level)];
    PageNode* below = own_node(static_cast<PageNode*>(child), level - 1);
    child = below;
    node = below;
  }
  void*& child = node->children[child_at(page, 0)];
  auto* present = static_cast<Page*>(child);
  if (present != nullptr && present->references == 1) return *present;
  Page* fresh = pool_->take_page();
  if (!whole) {
    if (present != nullptr) {
      fresh->bytes = present->bytes;
    } else {
      fresh->bytes.fill(std::byte{0});
    }
  }
  if (present != nullptr && present->references != frozen) --present->references;
  child = fresh;
  return *fresh;
}

void PageStore::read(uint64_t block, uint32_t count, std::byte* out) const {
  RAIDSIM_ASSERT(block + count <= blocks_);
  while (count != 0) {
    const auto within = static_cast<uint32_t>(block % page_blocks);
    const uint32_t run = std::min(count, page_blocks - within);
    const size_t bytes = size_t{run} * block_bytes;
    if (const Page* page = find(block / page_blocks); page != nullptr) {
      copy_blocks(out, page->bytes.data() + size_t{within} * block_bytes, run);
    } else {
      std::memset(out, 0, bytes);
    }
    block += run;
    count -= run;
    out += bytes;
  }
}

void PageStore::write(uint64_t block, uint32_t count, const std::byte* data) {
  RAIDSIM_ASSERT(block + count <= blocks_);
  while (count != 0) {
    const auto within = static_cast<uint32_t>(block % page_blocks);
    const uint32_t run = std::min(count, page_blocks - within);
    const size_t bytes = size_t{run} * block_bytes;
    const uint64_t page = block / page_blocks;
    if (!all_zero(data, bytes) || find(page) != nullptr) {
      copy_blocks(own(page, run == page_blocks).bytes.data() + size_t{within} * block_bytes, data, run);
    }
    block += run;
    count -= run;
    data += bytes;
  }
}

uint64_t PageStore::content_hash() const {
  const uint64_t sum = root_ == nullptr ? 0 : node_hash(*root_, levels_ - 1, 0);
  return XXH3_64bits_withSeed(&sum, sizeof sum, blocks_);
}

std::vector<uint64_t> PageStore::pages() const {
  std::vector<uint64_t> result;
  if (root_ != nullptr) collect(*root_, levels_ - 1, 0, result);
  return result;
}

uint64_t PageStore::next_page(uint64_t page) const {
  const bool beyond = page >= (blocks_ + page_blocks - 1) / page_blocks;
  return root_ == nullptr || beyond ? UINT64_MAX : next_in(*root_, levels_ - 1, 0, page);
}

PageNode* DiskImage::copy_frozen(const PageNode& from, uint32_t level, uint64_t first_page) {
  PageNode* node = pool_.take_node();
  for (uint32_t i = 0; i < fan; ++i) {
    if (from.children[i] == nullptr) continue;
    const uint64_t index = first_page + (uint64_t{i} << (level * fan_bits));
    if (level == 0) {
      const auto& original = *static_cast<const Page*>(from.children[i]);
      if (all_zero(original.bytes.data(), page_bytes)) continue;
      Page* page = pool_.take_page();
      page->bytes = original.bytes;
      page->references = frozen;
      node->children[i] = page;
    } else {
      node->children[i] = copy_frozen(*static_cast<const PageNode*>(from.children[i]), level - 1, index);
    }
  }
  static_cast<void>(node_hash(*node, level, first_page));  // kept in the node, before nobody may write it
  node->references = frozen;
  return node;
}

std::shared_ptr<const DiskImage> PageStore::freeze() const {
  std::shared_ptr<DiskImage> image(new DiskImage);
  image->blocks_ = blocks_;
  if (root_ != nullptr) image->root_ = image->copy_frozen(*root_, levels_ - 1, 0);
  return image;
}

}  // namespace raidsim::disk
