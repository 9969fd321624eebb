// What other threads may do with a running node: look, command, ask. They never touch the Core; they hand the
// loop an errand and wait for what came of it. Everything passes through the loop's inbox.
//
//     front.read([&](const Core& core, Now now) { return ...; })             on the loop's thread
//     front.command([&](Core& core, Now now, Effects& out) { return ...; })  the same, and may change it
//     Asking asking = front.ask(query);  while (auto said = asking.next(1s)) ...
//
// When read() or command() returns, the function has run or never will: it may refer to what its caller owns.
// The loop forgets an Asking before its destructor returns. A Front outlives every thread that uses it.
#pragma once

#include "node/core.hpp"
#include "node/inbox.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <variant>

namespace grapevine::node {

/// Something to be done on the loop's thread; effects it appends are performed like those of a step. `done`
/// is fulfilled once what it changed is on the disk, and dropped when it is not: nobody is told of what may
/// be lost. Who only looks is answered while the disk fails, too.
struct Errand {
  enum class Kind : std::uint8_t { look, change };
  std::uint64_t number = 0;
  std::packaged_task<void(Core&, Now, Effects&)> run;
  std::promise<void> done = {};
  Kind kind = Kind::change;
};
/// What other threads give the loop.
using Handed = std::variant<Input, Errand>;

class Front;

/// A query on its way. Its replies come in order, the last one is Answered or Refused. Destroying it earlier
/// abandons the query.
class Asking {
 public:
  using Said = decltype(moa::Reply::said);
  // A client this many pieces behind is too slow to be served.
  static constexpr std::size_t replies_max = 8'192;

  Asking(Asking&&) noexcept = default;
  Asking& operator=(Asking&&) = delete;
  ~Asking();

  const moa::QueryId& query() const { return query_; }
  /// The next reply; nullopt when none came in that time. Requires: the last one has not been taken.
  std::optional<Said> next(Duration wait);

 private:
  friend class Front;
  Asking(Front& front, moa::Ask ask);

  Front* front_;
  moa::QueryId query_;
  std::unique_ptr<Inbox<Said>> replies_;
};

class Front {
 public:
  static constexpr Duration patience = 5s;

  explicit Front(Inbox<Handed>& loop) : loop_(loop) {}

  /// What `look(const Core&, Now)` returns; nullopt when the loop has ended, is overrun, or kept us waiting
  /// too long.
  template <class Look>
  auto read(Look look) -> std::optional<std::invoke_result_t<Look&, const Core&, Now>> {
    return run(Errand::Kind::look,
               [&](Core& core, Now now, Effects&) { return look(std::as_const(core), now); });
  }
  /// The same for `act(Core&, Now, Effects&)`, which may change the Core and appends the effects of that;
  /// also nullopt when what came of it could not be stored. Waits so long for room where there is none.
  template <class Act>
  auto command(Act act, Duration room_wait = Duration::zero())
      -> std::optional<std::invoke_result_t<Act&, Core&, Now, Effects&>> {
    return run(Errand::Kind::change, std::move(act), room_wait);
  }
  /// Puts a query to the engine. If that cannot be done, the first and only reply is Refused.
  Asking ask(moa::Ask ask);

  /// For the loop alone: hands a reply to whoever asked. A client that is too slow has its query abandoned.
  std::optional<Abandoned> deliver(moa::Reply reply);
  /// For the loop alone, when it has ended: refuses what is still asked.
  void close();

 private:
  friend class Asking;
  template <class Act>
  auto run(Errand::Kind kind, Act act, Duration room_wait = Duration::zero())
      -> std::optional<std::invoke_result_t<Act&, Core&, Now, Effects&>>;

  Inbox<Handed>& loop_;
  std::atomic<std::uint64_t> errands_ = 0;
  std::map<moa::QueryId, Inbox<Asking::Said>*> asking_;  // touched by the loop's thread only
};

template <class Act>
auto Front::run(Errand::Kind kind, Act act, Duration room_wait)
    -> std::optional<std::invoke_result_t<Act&, Core&, Now, Effects&>> {
  std::optional<std::invoke_result_t<Act&, Core&, Now, Effects&>> result;
  std::promise<void> promise;
  auto done = promise.get_future();
  const std::uint64_t number = ++errands_;
  std::packaged_task<void(Core&, Now, Effects&)> run(
      [&](Core& core, Now now, Effects& out) { result.emplace(act(core, now, out)); });
  if (!loop_.put(Errand{number, std::move(run), std::move(promise), kind}, room_wait)) return std::nullopt;
  const auto is_it = [&](const Handed& one) {
    const Errand* errand = std::get_if<Errand>(&one);
    return errand != nullptr && errand->number == number;
  };
  // Not in the inbox any more: the loop has it in hand, and is about to be done with it.
  if (done.wait_for(patience) != std::future_status::ready && loop_.withdraw(is_it)) return std::nullopt;
  try {
    done.get();
    return result;
  } catch (const std::future_error&) {
    return std::nullopt;  // the loop has ended or could not store it, and dropped it
  }
}

}  // namespace grapevine::node
