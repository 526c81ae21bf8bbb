// GELU and the way back through it, in one pass over memory each: "CourseGelu" and "CourseGeluGrad". Put together from
// TensorFlow's operations they are eight and ten.
//
//     gelu(x) = x s      s = sigmoid(x w)      w = a (1 + 0.044715 x^2)      a = 2 sqrt(2/pi)
//     dx = dy (s + x s (1 - s) (3w - 2a))

#include "kernel.h"
#include "loops.h"

namespace course {
namespace {

const float kA = 1.5957691216f;  // 2 sqrt(2/pi)

// 1 / value for values from 1 to 2^120: a guess whose exponent is the negative one, better by three steps of Newton's. With
// a division the loops take three times as long.
INLINE float reciprocal(float value) {
  float guess = floatOf(0x7ef311c7u - bitsOf(value));
  guess += guess * (1.0f - value * guess);
  guess += guess * (1.0f - value * guess);
  guess += guess * (1.0f - value * guess);
  return guess;
}

INLINE float sigmoid(float z) { return reciprocal(1.0f + exponential(-z)); }

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

void gelu(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Values x = call.input(0);
  float* y = call.output(0, x, {0});
  if (call.fine()) run<geluOf>(x.data, y, x.size);
}

void geluGrad(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Values x = call.input(0), dy = call.input(1);
  if (!call.expect(x.size == dy.size, "CourseGeluGrad takes tensors of one shape")) return;
  float* dx = call.output(0, x, {1, 0});
  if (call.fine()) run<geluGradOf>(x.data, dy.data, dx, x.size);
}

__attribute__((constructor)) void addAll() {
  add({"CourseGelu", {"x: float"}, {"y: float"}, shapesOf<0>, gelu});
  add({"CourseGeluGrad", {"x: float", "dy: float"}, {"dx: float"}, shapesOf<0>, geluGrad});
}

}  // namespace
}  // namespace course
