/* N threads increment a variable by a read and a write, under a lock.
 *
 * One transition is one operation. No process terminates: see lastzero.pml.
 */
#ifndef N
#define N 4
#endif

bool locked
byte x

active [N] proctype incrementer() {
  byte seen
  d_step { !locked -> locked = true }
  seen = x
  d_step { x = seen + 1; seen = 0 }
  locked = false
end_done:
  false
}
