/* N philosophers, at least two, have one meal each and take the fork with the smaller number first: no deadlock.
 * With -DLEFT_FIRST all of them take the left one first, and there is one.
 *
 * One transition is one acquisition or one release. No process terminates: see lastzero.pml.
 */
#ifndef N
#define N 10
#endif

bool taken[N]

#define MEAL(first, second)                          \
  d_step { !taken[first] -> taken[first] = true };   \
  d_step { !taken[second] -> taken[second] = true }; \
  taken[second] = false;                             \
  taken[first] = false

#ifdef LEFT_FIRST
active [N] proctype philosopher() {
  MEAL(_pid, (_pid + 1) % N)
end_done:
  false
}
#else
/* The process numbers are those of the philosophers: the last one, who alone takes the fork on the right first, is
 * declared last. Two process types spare SPIN the computation of the order at each step.
 */
active [N - 1] proctype philosopher() {
  MEAL(_pid, _pid + 1)
end_done:
  false
}

active proctype last_philosopher() {
  MEAL(0, N - 1)
end_done:
  false
}
#endif
