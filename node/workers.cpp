#include "node/workers.hpp"

#include <chrono>

namespace grapevine::node {

namespace {

using Clock = std::chrono::steady_clock;

// What a model has become waits so long for room in the loop's inbox; it is told again when it changes again.
constexpr Duration room_wait = 5s;

/// Passes pieces on to the loop.
class ToLoop final : public Sink {
 public:
  ToLoop(Inbox<Handed>& loop, moa::CallId call) : loop_(loop), call_(call) {}
  void piece(std::string_view text) override { say(moa::Piece{std::string(text)}); }
  // However long the loop has no room: without its last word a call would never end, and without one between
  // an answer would have a hole.
  void say(const decltype(Generated::said)& said) {
    while (!loop_.put(Input(Generated{call_, said}), room_wait) && !loop_.is_closed()) {
    }
  }

 private:
  Inbox<Handed>& loop_;
  moa::CallId call_;
};

}  // namespace

/// A model, its threads and what they have to do.
struct Workers::Crew {
  std::unique_ptr<Model> model;
  Detect better;
  Duration wait = look_every;
  Clock::time_point looked = Clock::now();
  Inbox<Job> jobs{jobs_max};
  std::vector<std::jthread> threads;
};

Workers::Workers(Inbox<Handed>& loop) : loop_(loop) {}

Workers::~Workers() {
  for (auto& [call, stop] : running_) stop.request_stop();
  for (auto& crew : crews_) crew->jobs.close();
}

void Workers::use(std::unique_ptr<Model> model, Detect better, Duration wait) {
  if (!crews_.empty()) crews_.back()->jobs.close();
  Crew& crew = *crews_.emplace_back(std::make_unique<Crew>());
  crew.model = std::move(model);
  crew.better = std::move(better);
  crew.wait = wait;
  for (unsigned slot = 0; slot < crew.model->profile().slots; ++slot)
    crew.threads.emplace_back([this, &crew] { work(crew); });
}

std::optional<Generated> Workers::start(moa::Generate job) {
  const moa::CallId call = job.call;
  std::stop_source stop;
  const bool taken = !crews_.empty() && crews_.back()->jobs.put({std::move(job), stop.get_token()});
  if (!taken) return Generated{call, Error{Code::full, "no model of this device can take the call"}};
  running_.insert_or_assign(call, std::move(stop));
  return std::nullopt;
}

void Workers::abort(moa::CallId call) {
  const auto found = running_.find(call);
  if (found == running_.end()) return;
  found->second.request_stop();
  running_.erase(found);
}

void Workers::work(Crew& crew) {
  moa::Profile told = crew.model->profile();
  while (!crew.jobs.is_closed()) {
    if (auto job = crew.jobs.take(crew.wait)) {
      generate(*crew.model, std::move(*job));
    } else {
      crew.model->refresh();
    }
    if (auto profile = crew.model->profile(); profile != told) tell(crew, told = std::move(profile));
    if (crew.better && Clock::now() - crew.looked >= crew.wait) look(crew);
  }
  while (auto job = crew.jobs.take(Duration::zero())) generate(*crew.model, std::move(*job));
}

void Workers::generate(Model& model, Job job) {
  ToLoop sink(loop_, job.wanted.call);
  if (job.stop.stop_requested()) return sink.say(Error{Code::refused, "aborted before it began"});
  const Request request{.stage = job.wanted.stage,
                        .turns = std::move(job.wanted.turns),
                        .sampling = job.wanted.sampling,
                        .time_left = job.wanted.time_left};
  auto finished = model.generate(request, sink, job.stop);
  if (finished) {
    sink.say(std::move(*finished));
  } else {
    sink.say(std::move(finished.error()));
  }
}

// A crew that was replaced meanwhile has nothing to tell any more; the loop's thread knows.
void Workers::tell(const Crew& crew, moa::Profile profile) {
  loop_.put(Errand{0, std::packaged_task<void(Core&, Now, Effects&)>(
                          [this, &crew, profile = std::move(profile)](Core& core, Now now, Effects& out) {
                            if (crews_.back().get() == &crew)
                              append(out, core.step(ModelFound{profile}, now));
                          })},
            room_wait);
}

// Only a crew of one looks: whoever stands in has one slot.
void Workers::look(Crew& crew) {
  crew.looked = Clock::now();
  auto model = crew.better();
  if (!model) return;
  crew.better = nullptr;
  const moa::Profile profile = model->profile();
  loop_.put(
      Errand{0, std::packaged_task<void(Core&, Now, Effects&)>(
                    [this, profile, found = std::move(model)](Core& core, Now now, Effects& out) mutable {
                      use(std::move(found), nullptr);
                      append(out, core.step(ModelFound{profile}, now));
                    })},
      room_wait);
}

}  // namespace grapevine::node
