/** Several computers, all alike, and the links between them. */
export interface ClusterConfig {
  readonly nodes: number
  readonly link: LinkConfig
}

/** How messages get from one node to another. */
export interface LinkConfig {
  /** From the last byte sent to its arrival, one way, in picoseconds: the median. */
  readonly latency: number
  /** How latencies scatter, as a share of the median. 0: not at all. */
  readonly spread: number
  /** Bytes per second that a node can send; its messages leave one after the other. Infinity: no bound. */
  readonly bandwidth: number
  /** The probability that a message is lost, if it may be; from 0 to 1. */
  readonly loss: number
}
