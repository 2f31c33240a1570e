// `raidsim inspect` as a user meets it: images and traces in, text or one object out, bad input in one line.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/trace/file.h"
#include "harness/inspect/image_file.h"
#include "model/statedb/format/layout.h"
#include "tests/harness/cli/command.h"
#include "tests/harness/inspect/set_image.h"

namespace raidsim::cli {
namespace {

using harness::testing::block_of;
using harness::testing::home_of;
using harness::testing::SetImage;

const std::string demo = "scenarios/library/demo/silent-lost-write.json";

std::string demo_file(const std::string& option) {
  const std::string path = scratch(option);
  EXPECT_EQ(raidsim("run " + demo + " --no-story --" + option + " " + path).status, 1);
  return path;
}

std::string written(const harness::DiskImage& image) {
  const std::string path = scratch("image");
  std::string error;
  write_text(path, harness::serialise(image, error).value());
  return path;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(InspectCommand, AnImageOfARunShowsItsUnits) {
  const Answer answer = raidsim("inspect " + demo_file("image"));
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_TRUE(has(answer.out, "\nunit d10: okay, record 2, 4080KiB, pool none\n")) << answer.out;
  EXPECT_TRUE(has(answer.out, "  2       okay   d2      0    330\n")) << answer.out;
  EXPECT_FALSE(has(answer.out, "\x1b")) << answer.out;
}

// A trace is run again: its end is what --image wrote, and on the way there the logs hold entries.
TEST(InspectCommand, ATraceIsInspectedAtItsEndOrOnTheWay) {
  const std::string image = demo_file("image"), trace = demo_file("trace");
  auto end = nlohmann::json::parse(raidsim("inspect " + trace + " --json").out);
  auto file = nlohmann::json::parse(raidsim("inspect " + image + " --json").out);
  EXPECT_EQ(end["file"], trace);
  end.erase("file");
  file.erase("file");
  EXPECT_EQ(end, file);

  const auto there = nlohmann::json::parse(raidsim("inspect " + trace + " --until 1272 --json").out);

  const auto& slot = there["units"][0]["logs"][2]["slots"][0];
  EXPECT_EQ(slot["state"], "live");
  EXPECT_EQ(slot["pwid"], 40);
  EXPECT_EQ(slot["row"], 112);
  EXPECT_EQ(slot["partner"], 3);
}

TEST(InspectCommand, ByWhichIdTheDisksOfReplicasAreKnown) {
  const std::string image = demo_file("image");
  const Answer answer = raidsim("inspect " + image);
  EXPECT_TRUE(has(answer.out, "\n  device ids      good\n")) << answer.out;
  const auto replica = nlohmann::json::parse(raidsim("inspect " + image + " --json").out)["replicas"][0];
  EXPECT_EQ(replica["locator_block"]["device_ids"]["first"], statedb::device_ids_first);
  EXPECT_NE(replica["locator_block"]["locators"][0]["id"], 0);
  EXPECT_EQ(replica["locator_block"]["locators"][0]["leaving"], false);
}

TEST(InspectCommand, EqualReplicasAreToldOnce) {
  const Answer answer = raidsim("inspect " + written(SetImage().image()));
  EXPECT_EQ(answer.status, 0) << answer.out;
  EXPECT_TRUE(has(answer.out, ": 7 disks, 3 replicas, 1 unit: sound\n")) << answer.out;
  EXPECT_TRUE(has(answer.out, "\nreplica d0:16: sound, set 0, 80 blocks from 17 on, last operation ")) << answer.out;
  EXPECT_TRUE(has(answer.out, "\n  2       unit       1        652    50..51  good      d10 okay, 4 columns\n"))
      << answer.out;
  EXPECT_TRUE(has(answer.out, "\n  global XOR      holds\n")) << answer.out;
  EXPECT_TRUE(has(answer.out, "\nreplica d1:16: sound, equal to d0:16\n")) << answer.out;
}

TEST(InspectCommand, DamageStandsAboveAllAndIsStatus1) {
  harness::DiskImage image = SetImage().image();
  block_of(image, 1, home_of(statedb::directory_first))[44] ^= std::byte{1};

  const std::string path = written(image);
  const Answer answer = raidsim("inspect " + path);

  EXPECT_EQ(answer.status, 1);
  EXPECT_TRUE(answer.out.starts_with(path + ": 7 disks, 3 replicas, 1 unit: DAMAGED\n"
                                            "  damaged  d1:16: directory block 10: checksum does not hold\n"))
      << answer.out;
  EXPECT_TRUE(has(answer.out, "  directory       10: checksum does not hold\n")) << answer.out;
  const auto json = nlohmann::json::parse(raidsim("inspect " + path + " --json").out);
  EXPECT_EQ(json["sound"], false);
  EXPECT_EQ(json["replicas"][1]["directory"][0]["fault"], "checksum does not hold");
  EXPECT_EQ(json["replicas"][0]["records"][1]["content"]["columns"][3]["state"], "okay");
}

// Names on a disk may be anything: what a terminal or JSON would stumble over is written out.
TEST(InspectCommand, NamesAreShownAsPrintableText) {
  harness::DiskImage image = SetImage().image();
  image.disks[4].name = "d\x1b[2J\xff\n";
  const std::string path = written(image);
  EXPECT_TRUE(has(raidsim("inspect " + path).out, "\n  d\\x1b[2J\\xff\\x0a  ")) << raidsim("inspect " + path).out;
  EXPECT_EQ(nlohmann::json::parse(raidsim("inspect " + path + " --json").out)["disks"][4]["name"],
            "d\\x1b[2J\\xff\\x0a");
}

void expect_refused(const std::string& arguments, const std::string& begin) {
  const Answer answer = raidsim("inspect " + arguments);
  EXPECT_EQ(answer.status, 2) << arguments;
  EXPECT_EQ(answer.out, "") << arguments;
  EXPECT_TRUE(answer.err.starts_with(begin)) << answer.err;
  EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
}

TEST(InspectCommand, BadInputIsStatus2InOneLine) {
  const std::string path = demo_file("image"), whole = read_text(path);
  expect_refused(path + " --until 5", path + ": an image has no events");
  for (const size_t keep : {size_t{0}, size_t{7}, size_t{8}, size_t{11}, whole.size() / 2, whole.size() - 1}) {
    write_text(path, whole.substr(0, keep));
    expect_refused(path, path + ": ");
  }
  std::string damaged = whole;
  damaged[whole.size() / 2] = static_cast<char>(damaged[whole.size() / 2] ^ 1);
  write_text(path, damaged);
  expect_refused(path, path + ": section PAGE is damaged");
  write_text(path, "{}");
  expect_refused(path, path + ": trace: not a raidsim trace, and no image of disks");
  expect_refused("/no/such/file", "/no/such/file: ");
  expect_refused("", "raidsim inspect: ");
}

// Whatever stands on the disks is told in text: numbers of a unit's record at their largest, one by one, under
// checksums that hold.
TEST(InspectCommand, ARecordThatSaysWhatCannotBeIsTold) {
  const auto bytes = harness::testing::bytes_of(harness::testing::unit_d10());
  for (size_t at = 8; at + 8 <= 192; at += 8) {
    auto forged = bytes;
    std::fill_n(forged.begin() + static_cast<std::ptrdiff_t>(at), 8, at % 16 == 0 ? std::byte{0xff} : std::byte{0x3f});
    SetImage disks;
    disks.commit({{SetImage::unit, forged}});
    const Answer answer = raidsim("inspect " + written(disks.image()));
    EXPECT_TRUE(answer.status == 0 || answer.status == 1) << at << ": " << answer.err;
    EXPECT_TRUE(has(answer.out, "\n  2       unit ")) << at << ": " << answer.out;
  }
}

// A stripe's record is told like a unit's: its rows in text, every field in JSON.
TEST(InspectCommand, AStripeIsShownWithItsRows) {
  const std::string path = scratch("stripe.image");
  ASSERT_EQ(raidsim("run scenarios/library/stripe/power-cut-on-volatile-caches.json --image " + path).status, 0);
  const Answer answer = raidsim("inspect " + path);
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_TRUE(has(answer.out, "d20 stripe of ")) << answer.out;
  const std::string all = raidsim("inspect " + path + " --json").out;
  EXPECT_TRUE(has(all, "\"un_interlace\":16") && has(all, "\"ms_state\":1")) << all.substr(0, 2000);
}

// The trace of another run inside: what is shown is what runs now, and that is said.
TEST(InspectCommand, ATraceThatRunsAsAnotherRunIsStatus1) {
  const std::string path = demo_file("trace");
  std::string error;
  TraceFile file = read_trace(path, error).value();
  file.meta["scenario"] = read_text("scenarios/library/rebuild/single-failure-under-load.json");
  file.tape.clear();
  ASSERT_TRUE(write_trace(path, file, error)) << error;

  const Answer answer = raidsim("inspect " + path);

  EXPECT_EQ(answer.status, 1) << answer.err;
  EXPECT_TRUE(answer.out.starts_with("another run: ")) << answer.out;
  EXPECT_EQ(nlohmann::json::parse(raidsim("inspect " + path + " --json").out)["same_run"], false);
}

TEST(RunCommand, AnImageThatCannotBeWrittenIsStatus2) {
  const Answer answer = raidsim("run " + demo + " --image /no/such/folder/i");
  EXPECT_EQ(answer.status, 2);
  EXPECT_EQ(answer.err, "/no/such/folder/i: cannot be written\n");
}

}  // namespace
}  // namespace raidsim::cli
