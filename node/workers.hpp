// Where models run: one thread for each call the model takes at a time, so that a slow server never holds up
// the loop. Jobs come through an inbox, what the model says goes into the loop's, and so does what it has
// become since. A call that is aborted is told by its stop token. A model that only stands in (this device's
// documents, while no server was found) is asked every half minute whether a better one has come; the better
// one then takes the next job, and what runs may finish.
#pragma once

#include "node/front.hpp"
#include "node/model.hpp"

#include <map>
#include <stop_token>
#include <thread>

namespace grapevine::node {

class Workers {
 public:
  static constexpr std::size_t jobs_max = 256;  // above what the engine's lanes let through
  static constexpr Duration look_every = 30s;
  /// Looks for a better model; nullptr: there is none yet. Called on a worker's thread.
  using Detect = std::function<std::unique_ptr<Model>()>;

  explicit Workers(Inbox<Handed>& loop);
  ~Workers();

  /// From now on `model` takes the jobs. An empty `better` means that it is here to stay; otherwise it is
  /// called every `wait`.
  void use(std::unique_ptr<Model> model, Detect better, Duration wait = look_every);

  // For the loop's thread.
  /// Answered by Generated through the loop's inbox; at once, when no model can take the call.
  std::optional<Generated> start(moa::Generate job);
  void abort(moa::CallId call);
  /// A call's Finished or Error has come through.
  void ended(moa::CallId call) { running_.erase(call); }

 private:
  struct Job {
    moa::Generate wanted;
    std::stop_token stop;
  };
  struct Crew;
  void work(Crew& crew);
  void generate(Model& model, Job job);
  void tell(const Crew& crew, moa::Profile profile);
  void look(Crew& crew);

  Inbox<Handed>& loop_;
  std::vector<std::unique_ptr<Crew>> crews_;  // the last one takes the jobs; earlier ones finish theirs
  std::map<moa::CallId, std::stop_source> running_;
};

}  // namespace grapevine::node
