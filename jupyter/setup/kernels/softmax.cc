// The softmax of attention and the way back through it, in one pass over memory each: "CourseSoftmax" and
// "CourseSoftmaxGrad". Put together from TensorFlow's operations they are three and four. For each row s of scores:
//
//     a = softmax(scale s + mask)      ds = scale a (e - sum(e a))      for the gradient e by a
//
// The mask (B or 1, H or 1, S or 1, P) is added to scores (B, H, S, P); leading axes of length 1 may be left out. Where it
// is so low that e^(what is added up - the row's largest) is less than a float can hold, a is 0 exactly.

#include <cstdint>
#include <limits>

#include "kernel.h"
#include "loops.h"

namespace course {
namespace {

INLINE void softmaxOfRow(const float* s, const float* mask, float scale, float* a, int64_t P) {
  float largest = -std::numeric_limits<float>::infinity();
  IN_LANES(max, largest)
  for (int64_t i = 0; i < P; i++) {
    const float z = s[i] * scale + mask[i];
    a[i] = z;
    largest = z > largest ? z : largest;
  }
  float sum = 0.0f;
  IN_LANES(+, sum)
  for (int64_t i = 0; i < P; i++) {
    const float power = exponential(a[i] - largest);
    a[i] = power;
    sum += power;
  }
  const float share = 1.0f / sum;
  EACH_ON_ITS_OWN
  for (int64_t i = 0; i < P; i++) a[i] *= share;
}

INLINE void gradOfRow(const float* a, const float* e, float scale, float* ds, int64_t P) {
  float sum = 0.0f;
  IN_LANES(+, sum)
  for (int64_t i = 0; i < P; i++) sum += e[i] * a[i];
  EACH_ON_ITS_OWN
  for (int64_t i = 0; i < P; i++) ds[i] = scale * a[i] * (e[i] - sum);
}

// The last four axes of a tensor with at most four.
struct Axes {
  int64_t B = 1, H = 1, S = 1, P = 1;

  explicit Axes(const Values& values) {
    int64_t* const lengths[] = {&P, &S, &H, &B};
    for (int i = 0; i < values.rank && i < 4; i++) *lengths[i] = values.shape[values.rank - 1 - i];
  }
};

INLINE void softmaxOf(const float* scores, Axes axes, const float* mask, Axes of_mask, float scale, float* a) {
  const int64_t P = axes.P;
  // How far the mask goes on with each s, h and b: not at all along an axis of length 1.
  const int64_t each_s = of_mask.S == 1 ? 0 : P;
  const int64_t each_h = of_mask.H == 1 ? 0 : P * of_mask.S;
  const int64_t each_b = of_mask.B == 1 ? 0 : P * of_mask.S * of_mask.H;
  for (int64_t b = 0; b < axes.B; b++) {
    for (int64_t h = 0; h < axes.H; h++) {
      for (int64_t s = 0; s < axes.S; s++, scores += P, a += P) {
        softmaxOfRow(scores, mask + b * each_b + h * each_h + s * each_s, scale, a, P);
      }
    }
  }
}

INLINE void softmaxGradOf(const float* a, const float* e, float scale, float* ds, int64_t rows, int64_t P) {
  for (int64_t row = 0; row < rows; row++, a += P, e += P, ds += P) gradOfRow(a, e, scale, ds, P);
}

bool goesWith(int64_t of_mask, int64_t of_scores) { return of_mask == 1 || of_mask == of_scores; }

void softmax(void* scale, TF_OpKernelContext* context) {
  Call call(context);
  const Values scores = call.input(0), mask = call.input(1);
  const Axes axes(scores), of_mask(mask);
  const bool fits = scores.rank <= 4 && mask.rank <= 4 && goesWith(of_mask.B, axes.B) && goesWith(of_mask.H, axes.H) &&
                    goesWith(of_mask.S, axes.S) && of_mask.P == axes.P;
  if (!call.expect(fits, "CourseSoftmax takes scores (B, H, S, P) and a mask (B or 1, H or 1, S or 1, P)")) return;
  float* a = call.output(0, scores, {0});
  if (call.fine()) run<softmaxOf>(scores.data, axes, mask.data, of_mask, *static_cast<float*>(scale), a);
}

void softmaxGrad(void* scale, TF_OpKernelContext* context) {
  Call call(context);
  const Values a = call.input(0), e = call.input(1);
  if (!call.expect(a.size == e.size && a.last() == e.last(), "CourseSoftmaxGrad takes tensors of one shape")) return;
  float* ds = call.output(0, a, {1, 0});
  const int64_t P = a.last();
  if (call.fine() && P > 0) run<softmaxGradOf>(a.data, e.data, *static_cast<float*>(scale), ds, a.size / P, P);
}

void* create(TF_OpKernelConstruction* construction) { return createNumber(construction, "scale"); }

__attribute__((constructor)) void addAll() {
  add({"CourseSoftmax", {"scores: float", "mask: float"}, {"a: float"}, shapesOf<0>, softmax, "scale: float", create});
  add({"CourseSoftmaxGrad", {"a: float", "e: float"}, {"ds: float"}, shapesOf<0>, softmaxGrad, "scale: float", create});
}

}  // namespace
}  // namespace course
