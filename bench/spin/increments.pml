/* T threads add 1 to each of V variables, in order and each at once: ainc, binc and cinc.
 *
 * One transition is one increment. No process terminates: see lastzero.pml.
 */
#ifndef T
#define T 4
#endif
#ifndef V
#define V 1
#endif

byte x[V]

active [T] proctype adder() {
  byte i
end_done:
  do
  :: d_step { i < V -> x[i]++; i++ }
  od
}
