// What the course's own kernels have in common on TensorFlow's side: how an operation is made known, and how its kernel comes
// by what it is given and hands over what it computed. Everything is a tensor of 32-bit floats.

#pragma once

#include <cstdint>
#include <initializer_list>

#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

// What is needed of tensorflow/c/kernels.h, which cannot be read without headers of TensorFlow's inside.
extern "C" {
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*remove)(void*));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder*, TF_Status*);
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction*, const char* name, float* value, TF_Status*);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction*, TF_Status*);
void TF_GetInput(TF_OpKernelContext*, int index, TF_Tensor**, TF_Status*);
TF_Tensor* TF_ForwardInputOrAllocateOutput(TF_OpKernelContext*, const int* candidates, int candidate_count, int output,
                                           const int64_t* shape, int rank, int* forwarded, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
}

namespace course {

const int kMaxRank = 8;

// A tensor's numbers, where they lie in memory.
struct Values {
  float* data = nullptr;
  int64_t size = 0;
  int rank = 0;
  int64_t shape[kMaxRank] = {};

  int64_t last() const { return rank > 0 ? shape[rank - 1] : 1; }  // the length of a row
};

// One call of a kernel. What went wrong is told to TensorFlow at its end.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  Call(const Call&) = delete;

  ~Call() {
    if (!fine()) TF_OpKernelContext_Failure(context_, status_);
    for (int i = 0; i < count_; i++) TF_DeleteTensor(tensors_[i]);
    TF_DeleteStatus(status_);
  }

  bool fine() const { return TF_GetCode(status_) == TF_OK; }

  // Makes the call an error unless something holds.
  bool expect(bool holds, const char* otherwise) {
    if (fine() && !holds) TF_SetStatus(status_, TF_INVALID_ARGUMENT, otherwise);
    return fine();
  }

  Values input(int index) {
    TF_Tensor* tensor = nullptr;
    if (fine()) TF_GetInput(context_, index, &tensor, status_);
    return valuesOf(tensor);
  }

  // The memory of a result with the shape of `like`. It is that of one of the inputs in `reused` where nobody else needs that
  // input any more; then each value has to be read before it is written.
  float* output(int index, const Values& like, std::initializer_list<int> reused = {}) {
    int forwarded;
    TF_Tensor* tensor = nullptr;
    if (fine()) {
      tensor = TF_ForwardInputOrAllocateOutput(context_, reused.begin(), static_cast<int>(reused.size()), index, like.shape,
                                               like.rank, &forwarded, status_);
    }
    return valuesOf(tensor).data;
  }

 private:
  Values valuesOf(TF_Tensor* tensor) {
    Values values;
    if (!tensor) return values;
    tensors_[count_++] = tensor;
    values.rank = TF_NumDims(tensor);
    if (!expect(values.rank <= kMaxRank, "a kernel of the course takes tensors of at most 8 axes")) return values;
    for (int i = 0; i < values.rank; i++) values.shape[i] = TF_Dim(tensor, i);
    values.size = TF_TensorElementCount(tensor);
    values.data = static_cast<float*>(TF_TensorData(tensor));
    return values;
  }

  TF_OpKernelContext* context_;
  TF_Status* status_;
  TF_Tensor* tensors_[8];  // more than any kernel here has inputs and results
  int count_ = 0;
};

// Result i has the shape of input number `like[i]`.
template <int... like>
void shapesOf(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  int output = 0;
  for (int input : {like...}) {
    if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextGetInput(context, input, shape, status);
    if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, output++, shape, status);
  }
  TF_DeleteShapeHandle(shape);
}

// An operation and the kernel that computes it.
struct Operation {
  const char* name;
  std::initializer_list<const char*> inputs;
  std::initializer_list<const char*> outputs;
  void (*shapes)(TF_ShapeInferenceContext*, TF_Status*);
  void (*compute)(void* number, TF_OpKernelContext*);
  // One attribute, a number that is fixed for each place of the operation in a graph; `compute` is given a pointer to it.
  const char* attribute = nullptr;
  void* (*create)(TF_OpKernelConstruction*) = nullptr;
};

// What `create` does for a number of that name.
inline void* createNumber(TF_OpKernelConstruction* construction, const char* name) {
  float* number = new float(0);
  TF_Status* status = TF_NewStatus();
  TF_OpKernelConstruction_GetAttrFloat(construction, name, number, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return number;
}

inline void removeNumber(void* number) { delete static_cast<float*>(number); }

// Makes an operation known to TensorFlow. Called as the binding is loaded; where it fails, lib/src/fused.ts does without.
inline void add(const Operation& operation) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(operation.name);
  for (const char* input : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  if (operation.attribute) TF_OpDefinitionBuilderAddAttr(definition, operation.attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, operation.shapes);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(operation.name, "CPU", operation.create, operation.compute, removeNumber);
    TF_RegisterKernelBuilder(operation.name, kernel, status);
  }
  TF_DeleteStatus(status);
}

}  // namespace course
