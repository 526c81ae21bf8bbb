// What the course's own kernels have in common on the processor's side: loops that become vector instructions, made once for
// each kind of processor, and the exponential function in a form that fits into such a loop.

#pragma once

#include <cstdint>
#include <cstring>

#define INLINE inline __attribute__((always_inline))

// Before a loop whose rounds do not depend on each other, although the compiler cannot see it: a result may take the memory
// of an input, and then each value is read before it is written.
//
// Before a loop that adds up (+), or looks for the largest (max), in the variables named: it may do so in any order.
#if defined(__clang__)
#define EACH_ON_ITS_OWN _Pragma("clang loop vectorize(assume_safety)")
#define IN_LANES(operation, ...) _Pragma("clang loop vectorize(assume_safety)")
#else
#define AS_PRAGMA(...) _Pragma(#__VA_ARGS__)
#define EACH_ON_ITS_OWN _Pragma("GCC ivdep")
#define IN_LANES(operation, ...) AS_PRAGMA(omp simd reduction(operation : __VA_ARGS__))
#endif

namespace course {

// A loop is compiled once more for each kind of processor with wider vectors; which of them runs is decided here, by name,
// because a processor that the compiler does not know would get the narrowest. `run<loop>(...)` calls `loop(...)`.
#if defined(__x86_64__)
template <auto loop, typename... Arguments>
__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,prefer-vector-width=512"))) void runWidest(Arguments... given) {
  loop(given...);
}

template <auto loop, typename... Arguments>
__attribute__((target("avx2,fma"))) void runWide(Arguments... given) {
  loop(given...);
}

inline const bool kWidest = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
inline const bool kWide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif

template <auto loop, typename... Arguments>
void run(Arguments... given) {
#if defined(__x86_64__)
  if (kWidest) return runWidest<loop>(given...);
  if (kWide) return runWide<loop>(given...);
#endif
  loop(given...);
}

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

// e^x to 3e-7 of its value for x from -87 to 83; 0 below, e^83 above, and no number for what is none. With a whole n and
// |r| <= ln(2)/2, x is n ln(2) + r. So it is e^r, by the first seven terms of its series, times 2^n, the number with exponent n.
INLINE float exponential(float x) {
  const float rounding = 12582912.0f;  // 1.5 * 2^23: what is added to it loses all digits after the point
  x = x < -88.0f ? -88.0f : x;
  x = x > 83.0f ? 83.0f : x;
  const float whole = x * 1.44269504f + rounding;
  const float n = whole - rounding;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;  // ln(2) in two parts; n times the first is exact
  float p = 1.38888889e-3f;
  p = p * r + 8.33333333e-3f;
  p = p * r + 4.16666667e-2f;
  p = p * r + 1.66666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  return p * floatOf((bitsOf(whole) + 127u) << 23);
}

}  // namespace course
