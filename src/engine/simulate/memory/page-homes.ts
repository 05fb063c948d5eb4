import { mix } from '../../content-hash.js'
import { PAGE_SIZE, type MemoryConfig, type Placement } from './memory-config.js'

const FIRST_SLOTS = 256

/** Which node's memory each page is in. Open-addressed, so that no page allocates. */
export class PageHomes {
  readonly #nodes: number
  readonly #placement: Placement
  /** Page number + 1, 0 if the slot is free. */
  #pages = new Float64Array(FIRST_SLOTS)
  #homes = new Uint8Array(FIRST_SLOTS)
  #size = 0

  constructor({ interconnect }: MemoryConfig) {
    this.#nodes = interconnect.kind === 'numa' ? interconnect.nodes.length : 1
    this.#placement = interconnect.kind === 'numa' ? interconnect.placement : { bind: 0 }
  }

  /** The node of an address that a core of `node` accesses: places its page if it is in no memory yet. */
  touch(address: number, node: number): number {
    const page = Math.floor(address / PAGE_SIZE)
    const slot = this.#slot(page)
    if (this.#pages[slot] !== 0) return this.#homes[slot]!
    const home = this.#chosen(page, node)
    // Only what somebody's access decides has to be remembered.
    if (this.#placement === 'first-touch') this.#set(slot, page, home)
    return home
  }

  /** The node of an address, −1 as long as the first access decides. */
  of(address: number): number {
    const page = Math.floor(address / PAGE_SIZE)
    const slot = this.#slot(page)
    return this.#pages[slot] !== 0 ? this.#homes[slot]! : this.#chosen(page, -1)
  }

  place(address: number, bytes: number, node: number): void {
    for (let page = Math.floor(address / PAGE_SIZE); page * PAGE_SIZE < address + bytes; page++) {
      this.#set(this.#slot(page), page, node)
    }
  }

  #chosen(page: number, node: number): number {
    if (this.#nodes === 1) return 0
    if (this.#placement === 'first-touch') return node
    return this.#placement === 'interleave' ? page % this.#nodes : this.#placement.bind
  }

  #set(slot: number, page: number, home: number): void {
    const isNew = this.#pages[slot] === 0
    this.#pages[slot] = page + 1
    this.#homes[slot] = home
    if (isNew && ++this.#size * 2 > this.#pages.length) this.#grow()
  }

  #slot(page: number): number {
    const mask = this.#pages.length - 1
    let at = mix(page) & mask
    while (this.#pages[at] !== 0 && this.#pages[at] !== page + 1) at = (at + 1) & mask
    return at
  }

  #grow(): void {
    const pages = this.#pages
    const homes = this.#homes
    this.#pages = new Float64Array(pages.length * 2)
    this.#homes = new Uint8Array(pages.length * 2)
    for (let at = 0; at < pages.length; at++) {
      if (pages[at] === 0) continue
      const slot = this.#slot(pages[at]! - 1)
      this.#pages[slot] = pages[at]!
      this.#homes[slot] = homes[at]!
    }
  }
}
