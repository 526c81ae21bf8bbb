// A graph of many small operations, such as the one that writes a token, is done sooner on the thread that asks for it than on
// others, which have to be woken first and then look for more to do. TensorFlow has a setting for that, but tfjs-node loads
// every graph with the usual ones. Its binding is compiled in such a way that it calls `loadGraph` instead of
// TF_LoadSessionFromSavedModel: a graph with the tag "calling_thread" gets the setting, all others stay as they were.
//
// All graphs of a process share one pool of threads, made with the settings of whichever graph comes first: after a graph with
// this setting the pool would have a single thread, and training would use one core only. So a session without a graph, with
// the usual settings, comes before it.

#define TF_LoadSessionFromSavedModel loadGraph
#include "tensorflow/c/c_api.h"
#undef TF_LoadSessionFromSavedModel

#include <cstring>

extern "C" {

TF_Session* TF_LoadSessionFromSavedModel(const TF_SessionOptions*, const TF_Buffer*, const char*, const char* const*, int,
                                         TF_Graph*, TF_Buffer*, TF_Status*);

static void makeSharedThreads(const TF_SessionOptions* usual) {
  TF_Status* status = TF_NewStatus();
  TF_Graph* empty = TF_NewGraph();
  if (TF_Session* session = TF_NewSession(empty, usual, status)) TF_DeleteSession(session, status);
  TF_DeleteGraph(empty);
  TF_DeleteStatus(status);
}

TF_Session* loadGraph(const TF_SessionOptions* usual, const TF_Buffer* run_options, const char* folder,
                      const char* const* tags, int tag_count, TF_Graph* graph, TF_Buffer* description, TF_Status* status) {
  bool calling_thread = false;
  for (int i = 0; i < tag_count; i++) calling_thread |= std::strcmp(tags[i], "calling_thread") == 0;
  if (!calling_thread) {
    return TF_LoadSessionFromSavedModel(usual, run_options, folder, tags, tag_count, graph, description, status);
  }
  static const bool once = (makeSharedThreads(usual), true);
  (void)once;
  // ConfigProto { inter_op_parallelism_threads: -1 }, field 5 of tensorflow/core/protobuf/config.proto
  static const unsigned char config[] = {0x28, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
  TF_SessionOptions* options = TF_NewSessionOptions();
  TF_SetConfig(options, config, sizeof(config), status);
  TF_Session* session = nullptr;
  if (TF_GetCode(status) == TF_OK) {
    session = TF_LoadSessionFromSavedModel(options, run_options, folder, tags, tag_count, graph, description, status);
  }
  TF_DeleteSessionOptions(options);
  return session;
}
}
