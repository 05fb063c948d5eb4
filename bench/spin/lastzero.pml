/* N writers fill an array left to right while a reader looks for its last zero.
 *
 * One transition is one access to the array: d_step glues to it what the process computes from the result.
 * No process terminates: each waits for ever in a valid end state, because the removal of a process would be
 * one more transition, in an order that SPIN imposes, that belongs to no program.
 * What is dead is put back to zero: it would tell apart states that are the same.
 */
#ifndef N
#define N 10
#endif

/* Never true, but it reads the index that the reader has found: SPIN forgets at once what nothing reads any more, and
 * two different results would make one state. With -DFORGET they do.
 */
#ifdef FORGET
#define BLOCKED false
#else
#define BLOCKED (i > N)
#endif

byte a[N + 1]

active proctype reader() {
  byte i = N
  do
  :: d_step { a[i] != 0 -> i-- }
  :: a[i] == 0 -> break
  od
end_done:
  BLOCKED
}

/* The reader is process 0, hence the writers are 1 to N: their number is the index that they write. */
active [N] proctype writer() {
  byte v
  v = a[_pid - 1]
  d_step { a[_pid] = v + 1; v = 0 }
end_done:
  false
}
