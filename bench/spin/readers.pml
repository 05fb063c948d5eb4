/* One thread writes a variable that N others read.
 *
 * One transition is one access. No process terminates: see lastzero.pml. What has been read is forgotten at once: nothing
 * needs it any more.
 */
#ifndef N
#define N 8
#endif

byte x

active proctype writer() {
  x = 42
end_done:
  false
}

active [N] proctype reader() {
  byte seen
  d_step { seen = x; seen = 0 }
end_done:
  false
}
