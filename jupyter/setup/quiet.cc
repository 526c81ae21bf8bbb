// TensorFlow 2.21 greets every program with two lines about oneDNN while its libraries are being loaded, and no setting of
// its own stops it. This small library is loaded between the one that writes messages and the one that greets, and lets
// only errors through. (The name is that of absl::SetMinLogLevel in the libraries of that version.)

enum class Severity : int { kError = 2 };

__attribute__((weak)) void SetMinLogLevel(Severity) asm("_ZN4absl12lts_2025081414SetMinLogLevelENS0_18LogSeverityAtLeastE");

__attribute__((constructor)) static void quiet() {
  if (SetMinLogLevel) SetMinLogLevel(Severity::kError);
}
