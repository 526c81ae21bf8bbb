// Layer norm and the way back through it, in one pass over memory each: "CourseLayerNorm" and "CourseLayerNormGrad". Put
// together from TensorFlow's operations they are nine and a dozen. For each row x of C numbers, with gain g and bias b:
//
//     n = (x - mean x) r      r = 1 / sqrt(var x + eps)      y = n g + b
//     dx = (dn - mean dn - n mean(dn n)) r      with dn = dy g
//     dg = the sum over rows of dy n      db = the sum over rows of dy
//
// A row is short enough to stay in the processor's first cache, so that going over it several times costs little, and less
// than keeping its mean and deviation for the way back.

#include <cmath>

#include "kernel.h"
#include "loops.h"

namespace course {
namespace {

INLINE float meanOf(const float* x, int64_t C) {
  float sum = 0.0f;
  IN_LANES(+, sum)
  for (int64_t i = 0; i < C; i++) sum += x[i];
  return sum / static_cast<float>(C);
}

// 1 / sqrt(var x + eps)
INLINE float inverseDeviation(const float* x, float mean, int64_t C, float epsilon) {
  float sum = 0.0f;
  IN_LANES(+, sum)
  for (int64_t i = 0; i < C; i++) sum += (x[i] - mean) * (x[i] - mean);
  return 1.0f / std::sqrt(sum / static_cast<float>(C) + epsilon);
}

INLINE void layerNormOf(const float* x, const float* gain, const float* bias, float* y, int64_t rows, int64_t C,
                        float epsilon) {
  for (int64_t row = 0; row < rows; row++, x += C, y += C) {
    const float mean = meanOf(x, C);
    const float r = inverseDeviation(x, mean, C, epsilon);
    EACH_ON_ITS_OWN
    for (int64_t i = 0; i < C; i++) y[i] = (x[i] - mean) * r * gain[i] + bias[i];
  }
}

INLINE void layerNormGradOf(const float* x, const float* gain, const float* dy, float* dx, float* dgain, float* dbias,
                            int64_t rows, int64_t C, float epsilon) {
  for (int64_t i = 0; i < C; i++) dgain[i] = dbias[i] = 0.0f;
  for (int64_t row = 0; row < rows; row++, x += C, dy += C, dx += C) {
    const float mean = meanOf(x, C);
    const float r = inverseDeviation(x, mean, C, epsilon);
    float sum = 0.0f;  // of dn
    float along = 0.0f;  // of dn n
    IN_LANES(+, sum, along)
    for (int64_t i = 0; i < C; i++) {
      const float n = (x[i] - mean) * r;
      const float dn = dy[i] * gain[i];
      sum += dn;
      along += dn * n;
      dgain[i] += dy[i] * n;
      dbias[i] += dy[i];
    }
    sum /= static_cast<float>(C);
    along /= static_cast<float>(C);
    EACH_ON_ITS_OWN
    for (int64_t i = 0; i < C; i++) dx[i] = (dy[i] * gain[i] - sum - (x[i] - mean) * r * along) * r;
  }
}

void layerNorm(void* epsilon, TF_OpKernelContext* context) {
  Call call(context);
  const Values x = call.input(0), gain = call.input(1), bias = call.input(2);
  const int64_t C = x.last();
  if (!call.expect(gain.size == C && bias.size == C, "CourseLayerNorm takes a gain and a bias for each column")) return;
  float* y = call.output(0, x, {0});
  if (!call.fine() || x.size == 0) return;
  run<layerNormOf>(x.data, gain.data, bias.data, y, x.size / C, C, *static_cast<float*>(epsilon));
}

void layerNormGrad(void* epsilon, TF_OpKernelContext* context) {
  Call call(context);
  const Values x = call.input(0), gain = call.input(1), dy = call.input(2);
  const int64_t C = x.last();
  const char* expected = "CourseLayerNormGrad takes x and dy of one shape and a gain for each column";
  if (!call.expect(gain.size == C && dy.size == x.size, expected)) return;
  float* dx = call.output(0, x, {2, 0});
  float* dgain = call.output(1, gain);
  float* dbias = call.output(2, gain);
  if (!call.fine() || C == 0) return;
  run<layerNormGradOf>(x.data, gain.data, dy.data, dx, dgain, dbias, x.size / C, C, *static_cast<float*>(epsilon));
}

void* create(TF_OpKernelConstruction* construction) { return createNumber(construction, "epsilon"); }

__attribute__((constructor)) void addAll() {
  add({"CourseLayerNorm", {"x: float", "gain: float", "bias: float"}, {"y: float"}, shapesOf<0>, layerNorm,
       "epsilon: float", create});
  add({"CourseLayerNormGrad", {"x: float", "gain: float", "dy: float"}, {"dx: float", "dgain: float", "dbias: float"},
       shapesOf<0, 1, 1>, layerNormGrad, "epsilon: float", create});
}

}  // namespace
}  // namespace course
