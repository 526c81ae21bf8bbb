// GELU and the way back through it, in one pass over memory each. Put together from TensorFlow's operations they are eight and
// ten, and cost a tenth of a training step. The binding registers them as it is loaded, as "CourseGelu" and "CourseGeluGrad".
//
//     gelu(x) = x s      s = sigmoid(x w)      w = a (1 + 0.044715 x^2)      a = 2 sqrt(2/pi)
//     dx = dy (s + x s (1 - s) (3w - 2a))
//
// lib/src/fused.ts has the same formulas in TensorFlow.js operations, for backends without these two.

#include <cstdint>
#include <cstring>

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
void TF_GetInput(TF_OpKernelContext*, int index, TF_Tensor**, TF_Status*);
TF_Tensor* TF_ForwardInputOrAllocateOutput(TF_OpKernelContext*, const int* candidates, int candidate_count, int output,
                                           const int64_t* shape, int rank, int* forwarded, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
}

// The result may take the memory of an input; then each value is read before it is written.
#if defined(__clang__)
#define EACH_ON_ITS_OWN _Pragma("clang loop vectorize(assume_safety)")
#else
#define EACH_ON_ITS_OWN _Pragma("GCC ivdep")
#endif
#define INLINE inline __attribute__((always_inline))

namespace {

const float kA = 1.5957691216f;  // 2 sqrt(2/pi)

INLINE uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

INLINE float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

// 1 / value for values from 1 to 2^120: a guess whose exponent is the negative one, better by three steps of Newton's. With
// a division the loops take three times as long.
INLINE float reciprocal(float value) {
  float guess = floatOf(0x7ef311c7u - bitsOf(value));
  guess += guess * (1.0f - value * guess);
  guess += guess * (1.0f - value * guess);
  guess += guess * (1.0f - value * guess);
  return guess;
}

// 1 / (1 + e^-z) to 1e-6. With u = -z log2(e), e^-z is 2^n 2^r for a whole n and |r| <= 1/2: 2^r by the first seven terms of
// its series, and 2^n by adding n to the exponent of that number.
INLINE float sigmoid(float z) {
  const float rounding = 12582912.0f;  // 1.5 * 2^23: what is added to it loses all digits after the point
  float u = z * -1.44269504f;
  u = u > -120.0f ? u : -120.0f;
  u = u < 120.0f ? u : 120.0f;
  const float whole = u + rounding;
  const float r = u - (whole - rounding);
  float p = 1.54035304e-4f;
  p = p * r + 1.33335581e-3f;
  p = p * r + 9.61812911e-3f;
  p = p * r + 5.55041087e-2f;
  p = p * r + 2.40226507e-1f;
  p = p * r + 6.93147181e-1f;
  p = p * r + 1.0f;
  return reciprocal(1.0f + floatOf(bitsOf(p) + (bitsOf(whole) << 23)));
}

INLINE void geluOf(const float* x, float* y, int64_t size) {
  EACH_ON_ITS_OWN
  for (int64_t i = 0; i < size; i++) {
    const float w = kA + 0.044715f * kA * x[i] * x[i];
    y[i] = x[i] * sigmoid(x[i] * w);
  }
}

INLINE void geluGradOf(const float* x, const float* dy, float* dx, int64_t size) {
  EACH_ON_ITS_OWN
  for (int64_t i = 0; i < size; i++) {
    const float w = kA + 0.044715f * kA * x[i] * x[i];
    const float s = sigmoid(x[i] * w);
    dx[i] = dy[i] * (s + x[i] * s * (1.0f - s) * (3.0f * w - 2.0f * kA));
  }
}

// The compiler makes the loops once more for each kind of processor with wider vectors; which run is decided here.
#if defined(__x86_64__)
#define WIDEST __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,prefer-vector-width=512")))
#define WIDE __attribute__((target("avx2,fma")))
WIDEST void geluWidest(const float* x, float* y, int64_t size) { geluOf(x, y, size); }
WIDE void geluWide(const float* x, float* y, int64_t size) { geluOf(x, y, size); }
WIDEST void geluGradWidest(const float* x, const float* dy, float* dx, int64_t size) { geluGradOf(x, dy, dx, size); }
WIDE void geluGradWide(const float* x, const float* dy, float* dx, int64_t size) { geluGradOf(x, dy, dx, size); }
const bool kWidest = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                     __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
const bool kWide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif

void gelu(const float* x, float* y, int64_t size) {
#if defined(__x86_64__)
  if (kWidest) return geluWidest(x, y, size);
  if (kWide) return geluWide(x, y, size);
#endif
  geluOf(x, y, size);
}

void geluGrad(const float* x, const float* dy, float* dx, int64_t size) {
#if defined(__x86_64__)
  if (kWidest) return geluGradWidest(x, dy, dx, size);
  if (kWide) return geluGradWide(x, dy, dx, size);
#endif
  geluGradOf(x, dy, dx, size);
}

// The result takes the memory of input `reused` where nobody else needs that any more.
template <int inputs, int reused>
void compute(void*, TF_OpKernelContext* context) {
  TF_Status* status = TF_NewStatus();
  TF_Tensor* given[inputs] = {};
  for (int i = 0; i < inputs && TF_GetCode(status) == TF_OK; i++) TF_GetInput(context, i, &given[i], status);
  TF_Tensor* result = nullptr;
  if (TF_GetCode(status) == TF_OK) {
    const int rank = TF_NumDims(given[0]);
    int64_t shape[8];
    for (int i = 0; i < rank && i < 8; i++) shape[i] = TF_Dim(given[0], i);
    const int candidates[] = {reused};
    int forwarded;
    if (rank > 8 || TF_TensorElementCount(given[0]) != TF_TensorElementCount(given[inputs - 1])) {
      TF_SetStatus(status, TF_INVALID_ARGUMENT, "GELU takes tensors of one shape, with at most 8 axes");
    } else {
      result = TF_ForwardInputOrAllocateOutput(context, candidates, 1, 0, shape, rank, &forwarded, status);
    }
  }
  if (TF_GetCode(status) == TF_OK) {
    const float* x = static_cast<const float*>(TF_TensorData(given[0]));
    float* to = static_cast<float*>(TF_TensorData(result));
    const int64_t size = TF_TensorElementCount(result);
    if (inputs == 1) {
      gelu(x, to, size);
    } else {
      geluGrad(x, static_cast<const float*>(TF_TensorData(given[inputs - 1])), to, size);
    }
  } else {
    TF_OpKernelContext_Failure(context, status);
  }
  for (TF_Tensor* tensor : given) {
    if (tensor) TF_DeleteTensor(tensor);
  }
  if (result) TF_DeleteTensor(result);
  TF_DeleteStatus(status);
}

void shapeOfInput(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 0, shape, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, 0, shape, status);
  TF_DeleteShapeHandle(shape);
}

template <int inputs, int reused>
void add(const char* name, const char* const (&names)[inputs]) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : names) TF_OpDefinitionBuilderAddInput(op, input);
  TF_OpDefinitionBuilderAddOutput(op, "result: float");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, shapeOfInput);
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", nullptr, compute<inputs, reused>, nullptr);
    TF_RegisterKernelBuilder(name, kernel, status);
  }
  TF_DeleteStatus(status);
}

__attribute__((constructor)) void addAll() {
  add<1, 0>("CourseGelu", {"x: float"});
  add<2, 1>("CourseGeluGrad", {"x: float", "dy: float"});
}

}  // namespace
