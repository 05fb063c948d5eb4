import type { LossKind } from '../engine/simulate/processor/pipelined-processor.js'
import type {
  ProcessorFault,
  SharedResource,
  Stall,
  UnitEvent,
} from '../engine/simulate/processor/stepped-processor.js'
import { isOne, quelques, some } from './plurals.js'

const IN_USE: Readonly<Record<SharedResource, string>> = {
  execute: 'is still in EX',
  memory: 'takes the place in ME',
  'memory-port': 'has the way to memory',
}

const OCCUPE: Readonly<Record<SharedResource, string>> = {
  execute: 'est encore en EX',
  memory: 'prend la place en ME',
  'memory-port': "occupe l'accès à la mémoire",
}

/** What is said of processors and their diagrams. Instructions go by the numbers of their rows. */
export interface PipelineMessages {
  readonly cycle: string
  /** Before a remark: `cycle 4`, `cycles 4–7`. */
  readonly during: (from: number, to: number) => string
  readonly core: (number: string) => string
  readonly warp: (number: string) => string
  readonly legend: string
  /** Why the instruction of a row stays in its stage; null if what is in front of it says why. */
  readonly stall: (row: number, stage: string, stall: Stall) => string | null
  readonly event: (event: UnitEvent) => string
  /** The first and the last line of what a run has cost; numbers are written out already. */
  readonly ran: (cycles: string, instructions: string, cpi: string, cores: number) => string
  readonly lost: (parts: readonly string[], isWide: boolean) => string
  readonly lostTo: Readonly<Record<LossKind, (count: string) => string>>
  readonly lostNothing: string
  readonly branches: (count: string, mispredicted: string) => string
  readonly slot: string
  readonly lanes: (from: number, to: number) => string
  readonly maskLegend: string
  readonly slotsLeftOut: (count: string) => string
  readonly simtRan: (cycles: string, issued: string, threads: string) => string
  readonly utilisation: (share: string) => string
  readonly diverged: (divergent: string, branches: string) => string
  readonly lines: (lines: string, accesses: string) => string
  /** Behind a load or store of a warp. */
  readonly accessed: (lines: string) => string
  readonly fault: (fault: ProcessorFault, text: string) => string
  /** Between two statements of the same sentence. */
  readonly besides: string
}

export const pipelineInEnglish: PipelineMessages = {
  cycle: 'cycle',
  during: (from, to) => (from === to ? `cycle ${from}` : `cycles ${from}–${to}`),
  core: (number) => `Core ${number}`,
  warp: (number) => `Warp ${number}`,
  legend:
    'IF fetch · ID decode · EX execute · ME memory · WB write back · small letters: waits · ××: fetched in vain, dropped',
  stall: (row, stage, stall) => {
    switch (stall.kind) {
      case 'data':
        return `${row} waits in ${stage} for ${stall.register}, which ${stall.by} writes (data hazard)`
      case 'structural':
        return `${row} waits in ${stage}: ${stall.by} ${IN_USE[stall.resource]} (structural hazard)`
      case 'memory':
        return stall.by === row ? `${row} waits for memory` : null
      case 'behind':
        return null
    }
  },
  event: (event) => {
    if (event.kind === 'no-fetch')
      return event.because === 'control'
        ? `nothing is fetched yet after ${event.by} (control hazard)`
        : `nothing is fetched: ${event.by} has the way to memory (structural hazard)`
    return event.dropped.length === 0
      ? `${event.by} goes elsewhere (control hazard)`
      : `${event.by} goes elsewhere: ${listed(event.dropped, 'and')} ${event.dropped.length === 1 ? 'was' : 'were'} fetched in vain (control hazard)`
  },
  ran: (cycles, instructions, cpi, cores) =>
    `${some(cycles, 'cycle')} for ${some(instructions, 'instruction')}${cores > 1 ? ` on ${cores} cores` : ''}: ${cpi} cycles an instruction (CPI)`,
  lost: (parts, isWide) =>
    `${isWide ? 'empty places at EX' : 'cycles without an instruction into EX'}: ${parts.join(', ')}`,
  lostTo: {
    data: (count) => `${count} for data`,
    control: (count) => `${count} after branches`,
    structural: (count) => `${count} because something was in use`,
    memory: (count) => `${count} for memory`,
    ends: (count) => `${count} to fill and to drain`,
  },
  lostNothing: 'none',
  branches: (count, mispredicted) =>
    `${count} ${count === '1' ? 'branch' : 'branches'}, ${mispredicted} predicted wrongly`,
  slot: 'issue',
  lanes: (from, to) => `lanes ${from}–${to}`,
  maskLegend: '■ takes part · · masked',
  slotsLeftOut: (count) => `… ${count} more …`,
  simtRan: (cycles, issued, threads) =>
    `${some(cycles, 'cycle')}: ${some(issued, 'instruction')} issued for ${some(threads, 'thread')}`,
  utilisation: (share) => `${share} of the lanes took part`,
  diverged: (divergent, branches) =>
    `${divergent} of ${branches} ${branches === '1' ? 'branch' : 'branches'} parted the lanes`,
  lines: (lines, accesses) =>
    `${some(lines, 'line')} of memory for ${accesses} ${accesses === '1' ? 'access' : 'accesses'}`,
  accessed: (lines) => some(lines, 'line'),
  fault: ({ kind, address, words, memoryWords }, text) =>
    `“${text}” ${kind === 'load' ? 'reads' : 'writes'} ${words === 1 ? `word ${address}` : `${words} words from ${address} on`}, but ${memoryWords === 0 ? 'there are no words of memory: none are declared' : `memory has the words 0 to ${memoryWords - 1}`}`,
  besides: '; ',
}

export const pipelineInFrench: PipelineMessages = {
  cycle: 'cycle',
  during: (from, to) => (from === to ? `cycle ${from}` : `cycles ${from}–${to}`),
  core: (number) => `Cœur ${number}`,
  warp: (number) => `Warp ${number}`,
  legend:
    'IF lecture · ID décodage · EX exécution · ME mémoire · WB écriture du résultat · minuscules : attend · ×× : lue pour rien, abandonnée',
  stall: (row, stage, stall) => {
    switch (stall.kind) {
      case 'data':
        return `${row} attend en ${stage} ${stall.register}, que ${stall.by} écrit (aléa de données)`
      case 'structural':
        return `${row} attend en ${stage} : ${stall.by} ${OCCUPE[stall.resource]} (aléa structurel)`
      case 'memory':
        return stall.by === row ? `${row} attend la mémoire` : null
      case 'behind':
        return null
    }
  },
  event: (event) => {
    if (event.kind === 'no-fetch')
      return event.because === 'control'
        ? `rien n'est encore lu après ${event.by} (aléa de contrôle)`
        : `rien n'est lu : ${event.by} occupe l'accès à la mémoire (aléa structurel)`
    return event.dropped.length === 0
      ? `${event.by} continue ailleurs (aléa de contrôle)`
      : `${event.by} continue ailleurs : ${listed(event.dropped, 'et')} ${event.dropped.length === 1 ? 'a été lue' : 'ont été lues'} pour rien (aléa de contrôle)`
  },
  ran: (cycles, instructions, cpi, cores) =>
    `${quelques(cycles, 'cycle')} pour ${quelques(instructions, 'instruction')}${cores > 1 ? ` sur ${cores} cœurs` : ''} : ${cpi} cycles par instruction (CPI)`,
  lost: (parts, isWide) =>
    `${isWide ? "places vides à l'entrée d'EX" : 'cycles sans instruction qui entre en EX'} : ${parts.join(', ')}`,
  lostTo: {
    data: (count) => `${count} pour des données`,
    control: (count) => `${count} après des branchements`,
    structural: (count) => `${count} parce qu'une ressource était occupée`,
    memory: (count) => `${count} pour la mémoire`,
    ends: (count) => `${count} pour remplir et vider`,
  },
  lostNothing: 'aucun',
  branches: (count, mispredicted) =>
    `${quelques(count, 'branchement')}, dont ${mispredicted} mal ${isOne(mispredicted) ? 'prédit' : 'prédits'}`,
  slot: 'émission',
  lanes: (from, to) => `voies ${from}–${to}`,
  maskLegend: '■ participe · · masquée',
  slotsLeftOut: (count) => `… ${count} de plus …`,
  simtRan: (cycles, issued, threads) =>
    `${quelques(cycles, 'cycle')} : ${quelques(issued, 'instruction')} ${isOne(issued) ? 'émise' : 'émises'} pour ${quelques(threads, 'fil')}`,
  utilisation: (share) => `${share} des voies ont participé`,
  diverged: (divergent, branches) =>
    `${quelques(divergent, 'branchement')} sur ${branches} ${isOne(divergent) ? 'a' : 'ont'} séparé les voies`,
  lines: (lines, accesses) => `${quelques(lines, 'ligne')} de mémoire pour ${accesses} accès`,
  accessed: (lines) => quelques(lines, 'ligne'),
  fault: ({ kind, address, words, memoryWords }, text) =>
    `« ${text} » ${kind === 'load' ? 'lit' : 'écrit'} ${words === 1 ? `le mot ${address}` : `${words} mots à partir de ${address}`}, mais ${memoryWords === 0 ? "il n'y a pas de mémoire : aucune n'est déclarée" : `la mémoire a les mots 0 à ${memoryWords - 1}`}`,
  besides: ' ; ',
}

function listed(numbers: readonly number[], and: string): string {
  return numbers.length < 2 ? numbers.join('') : `${numbers.slice(0, -1).join(', ')} ${and} ${numbers.at(-1)}`
}
