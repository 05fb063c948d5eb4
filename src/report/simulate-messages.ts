import type { SimulateReport } from '../engine/simulate/simulate-report.js'
import type { Language } from './messages.js'

/** What a run was simulated on. */
type SimulatedOn = Pick<SimulateReport, 'machine' | 'nodes' | 'policy' | 'mapping' | 'interpreter' | 'twins' | 'seed'>

/** What is said of a simulated run. */
export interface SimulateMessages {
  readonly on: (run: SimulatedOn) => string
  readonly took: (time: string, operations: string) => string
  readonly core: (core: number) => string
  /** Cores that did nothing all the time. */
  readonly idleCores: (from: number, to: number) => string
  /** The heads of columns: what cores and threads did with their time. */
  readonly coreColumns: readonly [busy: string, stalled: string, switching: string, idle: string]
  readonly threadColumns: readonly [running: string, runnable: string, waiting: string, switches: string]
  readonly legend: string
  readonly whereTime: string
  readonly costRunning: string
  readonly costReady: string
  readonly costSwitching: string
  readonly costStalled: string
  readonly costGil: string
  readonly costWaiting: (what: string) => string
  /** What a wait is called that is for no object. */
  readonly waitNames: Readonly<Record<string, string>>
  readonly times: (count: string) => string
  /** How long each of many took: the 50th and 99th percentile, and the longest. */
  readonly spread: (p50: string, p99: string, max: string) => string
  readonly coresBusy: (cores: number) => string
  readonly coresWanted: (cores: number, ready: string) => string
  readonly oneAtATime: (what: string, share: string) => string
  readonly waited: (what: string, share: string, used: string, cores: number) => string
  /** Threads wait for each other for ever. */
  readonly deadlocked: string
  /** One thread of the system does the work of all threads of a process. */
  readonly oneCarrier: (mapping: string, ready: string) => string
  /** Threads were ready though cores had nothing to do. */
  readonly keptFromCores: (ready: string) => string
  readonly gilTaken: (share: string) => string
  /** Followed by where the lines came from, if that is worth saying. */
  readonly memorySlow: (share: string, from: string) => string
  readonly falselyShared: (lines: string) => string
  readonly fromOtherCores: (lines: string) => string
  readonly fewThreads: (used: string, cores: number) => string
  readonly switchingCosts: (share: string) => string
  readonly fine: string
  readonly wrong: (count: number) => string
  readonly stopped: (why: string) => string
  readonly oneRun: string
  readonly more: (count: number) => string
  /** The heads of columns where runs stand side by side. */
  readonly sweepColumns: readonly [took: string, speedUp: string]
  readonly sweepLegend: string
  readonly sweepViolated: (values: string) => string
}

const ofCores = (cores: number) => (cores === 1 ? '1 core' : `${cores} cores`)

const english: SimulateMessages = {
  on: ({ machine, nodes, policy, mapping, interpreter, twins, seed }) =>
    [
      `simulated on ${machine}${nodes > 1 ? ` (${nodes} nodes)` : ''}: policy ${policy}`,
      `threads ${mapping}`,
      ...(interpreter === null ? [] : [`interpreter ${interpreter}`]),
      ...(twins ? [] : ['operations of primitives as one step']),
      `seed ${seed}`,
    ].join(', '),
  took: (time, operations) => `took ${time} of simulated time, ${operations} operations`,
  core: (core) => `core ${core}`,
  idleCores: (from, to) => (from === to ? `core ${from}` : `cores ${from}–${to}`),
  coreColumns: ['busy', 'stalled', 'switching', 'idle'],
  threadColumns: ['ran', 'ready', 'waited', 'dispatched'],
  legend: 'letters: threads   - changing threads   █ running   ░ ready, without a core   · waiting',
  whereTime: 'where the time of the threads went',
  costRunning: 'running',
  costReady: 'ready, but without a core',
  costSwitching: 'cores changing from one thread to another',
  costStalled: 'running, but standing still for memory',
  costGil: "waiting for the interpreter's lock",
  costWaiting: (what) => `waiting: ${what}`,
  waitNames: { wake: 'asleep', io: 'a device', join: "another thread's end" },
  times: (count) => (count === '1' ? 'once' : `${count} times`),
  spread: (p50, p99, max) => `each: p50 ${p50}, p99 ${p99}, max ${max}`,
  coresBusy: (cores) =>
    cores === 1
      ? 'Why: the core was busy nearly all the time; the work itself takes this long.'
      : `Why: all ${cores} cores were busy nearly all the time; the work itself takes this long.`,
  coresWanted: (cores, ready) =>
    `Why: ${cores === 1 ? 'the core was' : `all ${cores} cores were`} busy nearly all the time, and threads were ready without one for ${ready} in all: more cores would let more of them run at once.`,
  oneAtATime: (what, share) =>
    `Why: threads stood in line for ${what}, ${share} of their time: it lets them through one after the other, and more cores do not help.`,
  waited: (what, share, used, cores) =>
    `Why: threads spent ${share} of their time waiting (${what}); on average ${used} of ${ofCores(cores)} had something to do.`,
  deadlocked: 'Why: it has no end: threads wait for each other for ever (deadlock).',
  oneCarrier: (mapping, ready) =>
    `Why: with ${mapping} all threads of a process share one thread of the system: they were ready without it for ${ready} in all.`,
  keptFromCores: (ready) =>
    `Why: threads were ready without a core for ${ready} in all though not all cores were busy: affinity, the policy or the mapping kept them from the others.`,
  gilTaken: (share) =>
    `Why: threads spent ${share} of their time waiting for the interpreter's lock: it lets one thread at a time run, however many cores there are.`,
  memorySlow: (share, from) => `Why: cores stood still for memory ${share} of their busy time${from}.`,
  falselyShared: (lines) =>
    `; ${lines} lines came from another core that had written to another word of the same line (false sharing)`,
  fromOtherCores: (lines) => `; ${lines} lines came from the caches of other cores`,
  fewThreads: (used, cores) =>
    `Why: on average only ${used} of ${ofCores(cores)} had something to do: too few threads could run.`,
  switchingCosts: (share) =>
    `Why: whenever cores did anything, they spent ${share} of the time changing from one thread to another.`,
  fine: 'nothing went wrong in this run',
  wrong: (count) => (count === 1 ? 'something went wrong in this run' : `${count} things went wrong in this run`),
  stopped: (why) => `Stopped early: ${why}.`,
  oneRun: 'One run is no proof: another seed may end differently, and explore tells what can happen.',
  more: (count) => `… and ${count} more threads`,
  sweepColumns: ['took', 'speed-up'],
  sweepLegend: 'speed-up: against the first run. ✓ nothing went wrong, ✗ something did, ? it was stopped early.',
  sweepViolated: (values) => `Something went wrong with ${values}: simulate that value alone to see what.`,
}

const french: SimulateMessages = {
  on: ({ machine, nodes, policy, mapping, interpreter, twins, seed }) =>
    [
      `simulé sur ${machine}${nodes > 1 ? ` (${nodes} nœuds)` : ''} : politique ${policy}`,
      `fils ${mapping}`,
      ...(interpreter === null ? [] : [`interpréteur ${interpreter}`]),
      ...(twins ? [] : ['opérations des primitives en un pas']),
      `graine ${seed}`,
    ].join(', '),
  took: (time, operations) => `${time} de temps simulé, ${operations} opérations`,
  core: (core) => `cœur ${core}`,
  idleCores: (from, to) => (from === to ? `cœur ${from}` : `cœurs ${from}–${to}`),
  coreColumns: ['occupé', 'bloqué', 'commut.', 'oisif'],
  threadColumns: ['exécuté', 'prêt', 'attente', 'activations'],
  legend: 'lettres : fils   - changement de fil   █ exécuté   ░ prêt, sans cœur   · en attente',
  whereTime: 'où est passé le temps des fils',
  costRunning: 'exécution',
  costReady: 'prêts, mais sans cœur',
  costSwitching: "cœurs qui passent d'un fil à l'autre",
  costStalled: 'exécution, mais en attente de la mémoire',
  costGil: "attente du verrou de l'interpréteur",
  costWaiting: (what) => `attente : ${what}`,
  waitNames: { wake: 'endormis', io: 'un périphérique', join: "la fin d'un autre fil" },
  times: (count) => `${count} fois`,
  spread: (p50, p99, max) => `chacune : p50 ${p50}, p99 ${p99}, max ${max}`,
  coresBusy: (cores) =>
    cores === 1
      ? 'Pourquoi : le cœur était presque toujours occupé ; le travail lui-même dure aussi longtemps.'
      : `Pourquoi : les ${cores} cœurs étaient presque toujours occupés ; le travail lui-même dure aussi longtemps.`,
  coresWanted: (cores, ready) =>
    `Pourquoi : ${cores === 1 ? 'le cœur était presque toujours occupé' : `les ${cores} cœurs étaient presque toujours occupés`}, et des fils prêts en ont manqué pendant ${ready} en tout : plus de cœurs en feraient tourner davantage à la fois.`,
  oneAtATime: (what, share) =>
    `Pourquoi : les fils ont fait la queue pour ${what}, ${share} de leur temps : ils y passent l'un après l'autre, et plus de cœurs n'y changent rien.`,
  waited: (what, share, used, cores) =>
    `Pourquoi : les fils ont passé ${share} de leur temps à attendre (${what}) ; en moyenne, ${used} cœurs sur ${cores} avaient quelque chose à faire.`,
  deadlocked: "Pourquoi : elle n'a pas de fin : des fils s'attendent mutuellement pour toujours (interblocage).",
  oneCarrier: (mapping, ready) =>
    `Pourquoi : avec ${mapping}, tous les fils d'un processus partagent un seul fil du système : ils étaient prêts sans l'avoir pendant ${ready} en tout.`,
  keptFromCores: (ready) =>
    `Pourquoi : des fils prêts ont manqué de cœur pendant ${ready} en tout, bien que tous les cœurs n'aient pas été occupés : l'affinité, la politique ou la répartition des fils les tenait à l'écart des autres.`,
  gilTaken: (share) =>
    `Pourquoi : les fils ont passé ${share} de leur temps à attendre le verrou de l'interpréteur : il n'en laisse exécuter qu'un à la fois, quel que soit le nombre de cœurs.`,
  memorySlow: (share, from) =>
    `Pourquoi : les cœurs ont attendu la mémoire ${share} de leur temps d'occupation${from}.`,
  falselyShared: (lines) =>
    ` ; ${lines} lignes sont venues d'un autre cœur qui avait écrit un autre mot de la même ligne (faux partage)`,
  fromOtherCores: (lines) => ` ; ${lines} lignes sont venues des caches d'autres cœurs`,
  fewThreads: (used, cores) =>
    `Pourquoi : en moyenne, ${used} cœurs sur ${cores} seulement avaient quelque chose à faire : trop peu de fils pouvaient s'exécuter.`,
  switchingCosts: (share) =>
    `Pourquoi : quand les cœurs faisaient quelque chose, ils passaient ${share} du temps à changer de fil.`,
  fine: "rien n'est allé de travers dans cette exécution",
  wrong: (count) =>
    count === 1
      ? 'quelque chose est allé de travers dans cette exécution'
      : `${count} choses sont allées de travers dans cette exécution`,
  stopped: (why) => `Arrêté avant la fin : ${why}.`,
  oneRun:
    "Une exécution n'est pas une preuve : une autre graine peut finir autrement, et explore dit ce qui peut arriver.",
  more: (count) => `… et ${count} autres fils`,
  sweepColumns: ['durée', 'gain'],
  sweepLegend: "gain : par rapport à la première exécution. ✓ rien d'anormal, ✗ une erreur, ? arrêtée avant la fin.",
  sweepViolated: (values) => `Une erreur avec ${values} : simulez cette valeur seule pour voir laquelle.`,
}

export function simulateMessagesIn(language: Language): SimulateMessages {
  return language === 'fr' ? french : english
}
