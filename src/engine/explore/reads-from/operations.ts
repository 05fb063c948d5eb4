import * as Code from '../../code.js'
import { NODE_A, NODE_WORD } from '../../node-fields.js'
import type { Session } from '../../session.js'
import type { ContractEffects } from './contract-effects.js'
import type { ReadsFromRules } from './reads-from-rules.js'

/** What the operations at threads' nodes would do, as functions of what their words hold. */
export class Operations {
  readonly session: Session
  readonly rules: ReadsFromRules
  readonly effects: ContractEffects

  constructor(session: Session, rules: ReadsFromRules, effects: ContractEffects) {
    this.session = session
    this.rules = rules
    this.effects = effects
  }

  /** The word that the operation at a node touches, −1 for none; joins and spawns touch none. */
  wordAt(node: number): number {
    const { nodes } = this.session
    const code = nodes.code(node)
    if (code === Code.Contract) return this.effects.wordOf(node)
    return code >= Code.Load && code <= Code.Release ? nodes.field(node, NODE_WORD) : -1
  }

  /** In how many ways the operation at a node can proceed if its word holds `content`. */
  waysFrom(node: number, content: number): number {
    const { nodes } = this.session
    const code = nodes.code(node)
    if (code === Code.Acquire) return content === 0 ? 1 : 0
    if (code === Code.Choose) return nodes.field(node, NODE_A)
    if (code !== Code.Contract) return 1
    const { ways } = this.effects.effect(node, content)
    if (ways === 0 && this.wordAt(node) >= 0) this.rules.meetWaited(this.wordAt(node))
    return ways
  }

  /** Whether the operation at a node writes if its word holds `content`. */
  writesFrom(node: number, content: number): boolean {
    const { nodes } = this.session
    switch (nodes.code(node)) {
      case Code.Store:
      case Code.Add:
      case Code.Exchange:
        return true
      case Code.CompareExchange:
        return content === nodes.field(node, NODE_A)
      case Code.Acquire:
      case Code.TryAcquire:
        return content === 0
      case Code.Release:
        return content !== 0
      case Code.Contract:
        return this.effects.effect(node, content).writes
      default:
        return false
    }
  }

  /** Whether the operation at a node reads its word. */
  readsAt(node: number): boolean {
    const { nodes } = this.session
    if (nodes.code(node) !== Code.Store) return this.wordAt(node) >= 0
    return this.rules.ordered.has(nodes.field(node, NODE_WORD))
  }
}
