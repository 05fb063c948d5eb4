/* T threads add 1 to a counter K times each: they read it, then write what they read plus 1.
 *
 * One transition is one access. No process terminates: see lastzero.pml.
 * A process remembers all that it has read until it is done, because the position of a thread of ours is the list of
 * the results it has received. With -DFORGET it remembers what it still needs, as one would write it for SPIN: the
 * states are then fewer.
 */
#ifndef T
#define T 2
#endif
#ifndef K
#define K 2
#endif

#ifdef FORGET
#define SLOTS 1
#define SLOT 0
#define FORGET_NOW true
#else
#define SLOTS K
#define SLOT round
#define FORGET_NOW (round == K)
#endif

byte counter

active [T] proctype adder() {
  byte round
  byte slot
  bool writing
  byte seen[SLOTS]
end_done:
  do
  :: d_step {
       round < K && !writing ->
       seen[SLOT] = counter
       writing = true
     }
  :: d_step {
       writing ->
       counter = seen[SLOT] + 1
       writing = false
       round++
       if
       :: FORGET_NOW ->
          do
          :: slot < SLOTS -> seen[slot] = 0; slot++
          :: else -> break
          od
          slot = 0
       :: else
       fi
     }
  od
}
