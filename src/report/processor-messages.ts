import type { VertexLayout } from '../engine/simulate/processor/simt/kernels.js'
import type { FlynnClass } from '../engine/simulate/processor/flynn/flynn-classes.js'
import type { PipelineFigure } from '../processor-examples/processor-example.js'
import type { Language } from './messages.js'
import { isOne, quelques, some } from './plurals.js'

/** Columns of the tables that compare runs. */
export type ProcessorFigure =
  | PipelineFigure
  | 'operations'
  | 'speedUp'
  | 'issued'
  | 'utilisation'
  | 'divergent'
  | 'accesses'
  | 'lines'
  | 'idle'
  | 'price'

/** What `entrelacs processor` says besides what stands in diagrams. Numbers are written out already. */
export interface ProcessorMessages {
  readonly examples: string
  readonly examplesHint: string
  readonly question: string
  /** Whose processors these are. */
  readonly machine: (name: string, isOnLanes: boolean) => string
  readonly figures: Readonly<Record<ProcessorFigure, string>>
  readonly classes: Readonly<Record<FlynnClass, string>>
  readonly layouts: Readonly<Record<VertexLayout, string>>
  readonly ways: (ways: string) => string
  readonly results: string
  readonly speedUpMeans: string
  /** Above the diagram of what MISD does in the end. */
  readonly vote: (from: string) => string
  readonly memory: string
  readonly registers: (core: number | null) => string
  readonly more: (count: string) => string
  readonly coresNotDrawn: (from: number, to: number) => string
  readonly warpsNotDrawn: (warps: string) => string
  /** In how many cycles nothing could be issued. */
  readonly idle: (cycles: string) => string
  /** Which part is shown, and how to see the next or the whole. */
  readonly part: (from: string, to: string, end: string, next: string | null) => string
  readonly endsBefore: (cycles: string) => string
  readonly stopped: (cycles: string) => string
  /** What is to be seen, once all runs have come to their end. */
  readonly filled: (cycles: string, alone: string, factor: string) => string
  readonly forwarded: (saved: string, without: string) => string
  readonly loadUse: (left: string) => string
  readonly predicted: (wrong: readonly [string, string], saved: string) => string
  readonly flynn: (operations: readonly [string, string], simd: string, mimd: string, misd: string) => string
  readonly laidOut: (separate: string, interleaved: string) => string
  readonly diverged: (ways: string, factor: string, part: string) => string
  readonly turned: (from: string, to: string) => string
}

const english: ProcessorMessages = {
  examples: 'Examples of what processors do, from simple to hard:',
  examplesHint:
    'entrelacs processor <example> shows one, entrelacs processor <file.asm> a program of your own; --instructions lists what it may be made of.',
  question: 'Before you look:',
  machine: (name, isOnLanes) => (isOnLanes ? `On the SIMT device of ${name}.` : `On the pipeline of ${name}.`),
  figures: {
    cycles: 'cycles',
    instructions: 'instructions',
    cpi: 'CPI',
    dataLosses: 'lost for data',
    branches: 'branches',
    mispredicted: 'wrong',
    controlLosses: 'lost after branches',
    operations: 'calculations',
    speedUp: 'speed-up',
    issued: 'issued',
    utilisation: 'lanes at work',
    divergent: 'branches that part',
    accesses: 'accesses',
    lines: 'lines of memory',
    idle: 'no warp ready',
    price: 'times as long',
  },
  classes: {
    SISD: 'one stream of instructions, one of data: an ordinary core',
    SIMD: 'one stream of instructions, several of data: a core with vectors',
    MISD: 'several streams of instructions, one of data: three cores that check each other, and a vote',
    MIMD: 'several streams of instructions, several of data: cores that share the elements',
  },
  layouts: { separate: 'all x, then all y', interleaved: 'x and y in turn' },
  ways: (ways) => some(ways, 'way'),
  results: 'results',
  speedUpMeans:
    'speed-up: against one core that does the same work, one stream after the other, checks and vote included',
  vote: (from) => `the vote, after ${some(from, 'cycle')}`,
  memory: 'memory at the end',
  registers: (core) => (core === null ? 'registers at the end' : `registers of core ${core} at the end`),
  more: (count) => `… ${count} more`,
  coresNotDrawn: (from, to) => (from === to ? `core ${from} is not drawn` : `cores ${from} to ${to} are not drawn`),
  warpsNotDrawn: (warps) => `the first of ${warps} warps`,
  idle: (cycles) => `In ${some(cycles, 'cycle')} no warp was ready.`,
  part: (from, to, end, next) =>
    `cycles ${from} to ${to} of ${end}${next === null ? '' : `; --cycles ${next} shows the next ones`}`,
  endsBefore: (cycles) => `it ends before, after ${some(cycles, 'cycle')}`,
  stopped: (cycles) =>
    `Stopped after ${some(cycles, 'cycle')}, the bound: it may never end. --max-cycles lets it go on.`,
  filled: (cycles, alone, factor) =>
    `One instruction after the other would take ${some(alone, 'cycle')}: as the stages work at the same time, it is ${some(cycles, 'cycle')}, ${factor} times as fast.`,
  forwarded: (saved, without) => `Forwarding saves ${saved} of ${some(without, 'cycle')}.`,
  loadUse: (left) =>
    `${some(left, 'cycle')} ${left === '1' ? 'is' : 'are'} lost in spite of it: what is loaded comes out of ME, a cycle after the results of EX.`,
  predicted: ([first, second], saved) =>
    `“Never taken” is wrong ${some(first, 'time')}, “taken if it goes back” ${some(second, 'time')}: that makes a difference of ${some(saved, 'cycle')}.`,
  flynn: ([sisd, simd], simdFaster, mimd, misd) =>
    `SIMD makes ${some(simd, 'calculation')} instead of ${sisd} and is ${simdFaster} times as fast, MIMD ${mimd} times; MISD takes ${misd} times as long as SISD, for results that have been checked.`,
  laidOut: (separate, interleaved) =>
    `All lanes do the same and none waits; but the loads and stores touch ${some(separate, 'line')} of memory where equals lie together, and ${interleaved} where they do not.`,
  diverged: (ways, factor, part) =>
    `The work of a lane stays the same, but the ways are gone one after the other: with ${some(ways, 'way')} the warp takes ${factor} times as long, and ${part} of its lanes are at work.`,
  turned: (from, to) => `the first vertex: ${from} → ${to}`,
}

const french: ProcessorMessages = {
  examples: 'Exemples de ce que font les processeurs, du plus simple au plus difficile :',
  examplesHint:
    'entrelacs processor <exemple> en montre un, entrelacs processor <fichier.asm> un programme à vous ; --instructions énumère ce dont il peut être fait.',
  question: 'Avant de regarder :',
  machine: (name, isOnLanes) => (isOnLanes ? `Sur le processeur SIMT de ${name}.` : `Sur le pipeline de ${name}.`),
  figures: {
    cycles: 'cycles',
    instructions: 'instructions',
    cpi: 'CPI',
    dataLosses: 'perdus, données',
    branches: 'branchements',
    mispredicted: 'erreurs',
    controlLosses: 'perdus, branchements',
    operations: 'calculs',
    speedUp: 'accélération',
    issued: 'émises',
    utilisation: 'voies actives',
    divergent: 'branch. qui séparent',
    accesses: 'accès',
    lines: 'lignes de mémoire',
    idle: 'aucun warp prêt',
    price: 'fois plus long',
  },
  classes: {
    SISD: "un flux d'instructions, un flux de données : un cœur ordinaire",
    SIMD: "un flux d'instructions, plusieurs flux de données : un cœur à vecteurs",
    MISD: "plusieurs flux d'instructions, un flux de données : trois cœurs qui se contrôlent, et un vote",
    MIMD: "plusieurs flux d'instructions, plusieurs flux de données : des cœurs qui se partagent les éléments",
  },
  layouts: { separate: 'tous les x, puis tous les y', interleaved: 'x et y en alternance' },
  ways: (ways) => quelques(ways, 'chemin'),
  results: 'résultats',
  speedUpMeans:
    "accélération : face à un seul cœur qui fait le même travail, un flux après l'autre, contrôles et vote compris",
  vote: (from) => `le vote, après ${quelques(from, 'cycle')}`,
  memory: 'mémoire à la fin',
  registers: (core) => (core === null ? 'registres à la fin' : `registres du cœur ${core} à la fin`),
  more: (count) => `… ${count} de plus`,
  coresNotDrawn: (from, to) =>
    from === to ? `le cœur ${from} n'est pas dessiné` : `les cœurs ${from} à ${to} ne sont pas dessinés`,
  warpsNotDrawn: (warps) => `le premier de ${warps} warps`,
  idle: (cycles) => `Pendant ${quelques(cycles, 'cycle')}, aucun warp n'était prêt.`,
  part: (from, to, end, next) =>
    `cycles ${from} à ${to} sur ${end}${next === null ? '' : ` ; --cycles ${next} montre les suivants`}`,
  endsBefore: (cycles) => `cela finit avant, après ${quelques(cycles, 'cycle')}`,
  stopped: (cycles) =>
    `Arrêté après ${quelques(cycles, 'cycle')}, la limite : cela ne finit peut-être jamais. --max-cycles laisse continuer.`,
  filled: (cycles, alone, factor) =>
    `L'une après l'autre, les instructions prendraient ${quelques(alone, 'cycle')} : comme les étages travaillent en même temps, ${isOne(cycles) ? "c'est" : 'ce sont'} ${quelques(cycles, 'cycle')}, ${factor} fois plus rapide.`,
  forwarded: (saved, without) => `Le court-circuit épargne ${saved} cycles sur ${without}.`,
  loadUse: (left) =>
    `Malgré lui, ${quelques(left, 'cycle')} ${isOne(left) ? 'est perdu' : 'sont perdus'} : ce qui est chargé sort de ME, un cycle après les résultats d'EX.`,
  predicted: ([first, second], saved) =>
    `« Jamais pris » se trompe ${first} fois, « pris s'il revient en arrière » ${second} fois : une différence de ${quelques(saved, 'cycle')}.`,
  flynn: ([sisd, simd], simdFaster, mimd, misd) =>
    `SIMD fait ${quelques(simd, 'calcul')} au lieu de ${sisd} et va ${simdFaster} fois plus vite, MIMD ${mimd} fois ; MISD prend ${misd} fois plus de temps que SISD, pour des résultats contrôlés.`,
  laidOut: (separate, interleaved) =>
    `Toutes les voies font la même chose et aucune n'attend ; mais les accès touchent ${quelques(separate, 'ligne')} de mémoire si les semblables se suivent, et ${interleaved} sinon.`,
  diverged: (ways, factor, part) =>
    `Le travail d'une voie reste le même, mais les chemins sont parcourus l'un après l'autre : avec ${quelques(ways, 'chemin')}, le warp prend ${factor} fois plus de temps, et ${part} de ses voies travaillent.`,
  turned: (from, to) => `le premier sommet : ${from} → ${to}`,
}

/** The sentences about processors in a language. */
export function processorMessagesIn(language: Language): ProcessorMessages {
  return language === 'fr' ? french : english
}
