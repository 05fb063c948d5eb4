/**
 * The mean time that customers of M/M/c wait before they are served, when they come at the rate `lambda` and each of the
 * servers serves at the rate `mu` (Erlang's second formula).
 */
export function meanWait(lambda: number, mu: number, servers: number): number {
  const load = lambda / mu
  // Erlang B by its recursion, then C from B.
  let blocked = 1
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked)
  const waits = blocked / (1 - (load / servers) * (1 - blocked))
  return waits / (servers * mu - lambda)
}
