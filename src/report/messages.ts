import type { BoundKind, ExploreReport, SamplingStrategy } from '../engine/explore/explore-report.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import type { ThreadState } from '../engine/detect/thread-states.js'
import { formatWhole } from './figures.js'
import { isOne, quelques, some } from './plurals.js'
import { type RepairMessages, repairInEnglish, repairInFrench } from './repair-messages.js'

/** Languages of reports. */
export type Language = 'en' | 'fr'

/** What a report says about a search that stopped early. */
export type Stopped = NonNullable<ExploreReport['stopped']>

/** Every sentence that reports are made of. */
export interface Messages {
  readonly explored: (states: string, transitions: string) => string
  /** The same of a search that stopped early. */
  readonly exploredSoFar: (states: string, transitions: string) => string
  /** The same, or as far as it went, of a graph that was reduced. */
  readonly reduced: (states: string, transitions: string, isAll: boolean) => string
  /** The same of a search that remembers states by a few bits. */
  readonly visited: (states: string, transitions: string, isReduced: boolean) => string
  /** How much such a search has covered. */
  readonly coverage: {
    readonly filter: (size: string, hashes: number, fill: string) => string
    readonly missed: (states: string, share: string) => string
    readonly probes: (states: string, missed: string, low: string, high: string) => string
  }
  /** What sleeps and timeouts meant. */
  readonly time: Readonly<Record<TimeMode, string>>
  readonly twins: string
  readonly warning: {
    readonly neverReleased: (object: string, thread: string) => string
    readonly leakedTask: (loop: string, task: string, fate: string) => string
    readonly neverJoined: (thread: string, place: string) => string
  }
  readonly sampled: (executions: string, how: string, seed: string) => string
  readonly traces: (executions: string, isAll: boolean) => string
  /** Of strategy `dpor` where executions that read the same are one. */
  readonly readsFromClasses: (executions: string, isAll: boolean) => string
  readonly withinBounds: Readonly<Record<BoundKind, (bounds: string, counts: string) => string>>
  /** Why a search within a bound proves nothing. */
  readonly boundedOnly: Readonly<Record<BoundKind, (most: number) => string>>
  /** The same where something goes wrong. */
  readonly boundedFound: Readonly<Record<BoundKind, (most: number) => string>>
  readonly holdsTraces: (executions: string, missed: string) => string
  readonly holdsClasses: (executions: string) => string
  /** How a strategy draws executions, after "sampled: n executions". */
  readonly howSampled: Readonly<Record<SamplingStrategy, (depth: number | null) => string>>
  readonly interleavings: (count: string) => string
  readonly unboundedInterleavings: string
  readonly outcomes: string
  /** Explains the question marks of objects whose contents what is read leaves open. */
  readonly undetermined: string
  /** After the violations: data races that are not shown one by one, and whether there may be others. */
  readonly racesNotShown: (count: number) => string
  readonly racesNotSearched: string
  /** Before the races of a run that was replayed. */
  readonly racesOfRun: string
  /** Above the calls of a history, drawn as intervals. */
  readonly historyOf: (object: string) => string
  readonly more: (count: number) => string
  readonly share: (count: string, total: string) => string
  readonly unboundedShare: string
  readonly chance: (odds: string) => string
  readonly underRandom: string
  readonly executionsOf: (count: string, total: string) => string
  readonly dropped: (count: string) => string
  readonly divergence: (odds: string) => string
  readonly token: string
  readonly replayIt: string
  readonly inevitable: string
  readonly inevitableFromStart: string
  readonly repeats: string
  readonly stepsLeftOut: (count: number) => string
  readonly prints: (thread: string, text: string) => string
  readonly holds: string
  readonly holdsProof: (interleavings: string, states: string, missed: string) => string
  /** Of a program that never ends, and says that its threads get on. */
  readonly holdsForEver: (states: string, missed: string) => string
  readonly holdsUnboundedProof: (states: string, missed: string) => string
  readonly holdsReduced: (states: string, missed: string) => string
  /** Beside a violation: what the reduction says nothing of. */
  readonly cyclesLeftOpen: string
  readonly violated: (count: number) => string
  readonly unknown: string
  readonly vacuous: string
  readonly unknownBecause: (why: string) => string
  readonly onlySampled: (executions: string) => string
  readonly stopped: (why: string) => string
  /** Why a search stopped, as a part of a sentence. */
  readonly stopReason: (stopped: Stopped) => string
  /** Executions that were cut off. */
  readonly cut: (executions: string, steps: string) => string
  readonly least: (preemptions: number, steps: number) => string
  readonly deadlock: string
  readonly outcomeError: (thread: string, message: string) => string
  readonly outcomeWaiting: (thread: string, operation: string) => string
  readonly outcomeResult: (thread: string, value: string) => string
  readonly repairHint: (command: string) => string
  readonly repair: RepairMessages
  readonly cause: {
    readonly overwrites: (a: string, aPlace: string, b: string, bPlace: string, object: string) => string
    readonly stale: (a: string, aPlace: string, b: string, bPlace: string, object: string) => string
    readonly race: (
      a: string,
      aWhat: string,
      aPlace: string,
      b: string,
      bWhat: string,
      bPlace: string,
      object: string,
    ) => string
    /** After the sentence about a race: what last ordered anything of its threads. */
    readonly neverSynchronised: (a: string, b: string) => string
    readonly lastSynchronised: (
      from: string,
      fromWhat: string,
      fromStep: number,
      fromPlace: string,
      to: string,
      toWhat: string,
      toStep: number,
      toPlace: string,
      object: string,
    ) => string
    readonly startedKnowing: (from: string, what: string, step: number, place: string, started: string) => string
    /** A result that no order of calls explains; what it might have been instead. */
    readonly unexplained: (thread: string, call: string, result: string, possible: readonly string[]) => string
    readonly waits: (a: string, object: string, holder: string, place: string) => string
    readonly waitsForSelf: (a: string, object: string, place: string) => string
    readonly waitsAlone: (a: string, operation: string, place: string) => string
    /** For what no single thread keeps: a permit, an item, a wake-up. */
    readonly waitsForNobody: (a: string, operation: string, place: string) => string
    /** A wake-up came before its waiter. */
    readonly cameEarly: (by: string, operation: string, step: number, place: string) => string
    readonly circle: string
    readonly error: (thread: string, message: string, place: string) => string
    /** Who ends by asking for the result of a future, and who had cancelled it. */
    readonly cancelled: (thread: string, place: string, future: string, by: string, cancelPlace: string) => string
    readonly misuse: (thread: string, message: string, place: string) => string
    readonly endless: (steps: number) => string
    readonly livelock: (steps: number) => string
    readonly starvation: (thread: string, steps: number) => string
    readonly goesOn: (thread: string) => string
    readonly final: (state: string) => string
    readonly state: (state: string, thread: string, place: string) => string
  }
  readonly replayed: (steps: number) => string
  readonly adapted: (followed: number, all: number, step: number) => string
  readonly threadStates: Readonly<Record<ThreadState, string>>
  readonly replayHolds: string
  readonly replayViolated: string
  readonly replayUnfinished: string
  readonly endsWith: (state: string) => string
  readonly stepHelp: string
  readonly stepEnd: string
  readonly galleryHeading: string
  readonly galleryHint: string
  readonly firstSeen: string
  readonly searching: (states: string, transitions: string, depth: number) => string
  readonly sampling: (executions: string) => string
  /** Of strategy `dpor`: executions so far, a second, and, once known, how many in all and for how long. */
  readonly executing: (executions: string, rate: string) => string
  readonly estimated: (executions: string, low: string, high: string, left: string) => string
  readonly phase: { readonly counting: string; readonly explaining: string; readonly verifying: string }
  readonly interrupted: string
}

const en: Messages = {
  explored: (states, transitions) =>
    `explored completely: ${some(states, 'state')}, ${some(transitions, 'transition')}`,
  exploredSoFar: (states, transitions) => `${some(states, 'state')}, ${some(transitions, 'transition')}`,
  reduced: (states, transitions, isAll) =>
    `${isAll ? 'explored completely, with reduction' : 'with reduction'}: ${some(states, 'state')}, ${some(transitions, 'transition')} (interleavings are not counted)`,
  visited: (states, transitions, isReduced) =>
    `visited${isReduced ? ', with reduction' : ''}: ${some(states, 'state')}, ${some(transitions, 'transition')} (interleavings are not counted)`,
  coverage: {
    filter: (size, hashes, fill) =>
      `states remembered by ${hashes} bits each in a filter of ${size}, which is ${fill} full`,
    missed: (states, share) =>
      `expected to have been taken for known and missed: about ${some(states, 'state')} (${share} of those that were met), and whatever lies only behind them`,
    probes: (states, missed, low, high) =>
      `of ${some(states, 'state')} drawn from random executions, ${missed} had not been visited: of what such executions go through, ${low} to ${high} are missed (in 95 of 100 cases); of what they seldom reach, perhaps more`,
  },
  time: {
    free: 'time: free, sleeps and timeouts may end at any moment',
    virtual: 'time: virtual, a clock moves on to the next deadline when nobody can step',
  },
  twins: 'twins: primitives are the algorithms that they are made of',
  warning: {
    neverReleased: (object, thread) => `${object} is never released: ${thread} still holds it when the program ends`,
    leakedTask: (loop, task, fate) => `task ${task} of ${loop} leaks: ${fate}`,
    neverJoined: (thread, place) => `${thread}${place} is never joined`,
  },
  sampled: (executions, how, seed) => `sampled: ${some(executions, 'execution')} ${how}, seed ${seed}`,
  traces: (executions, isAll) =>
    `${isAll ? 'explored completely: ' : ''}${some(executions, 'execution')}, one for each trace`,
  readsFromClasses: (executions, isAll) =>
    `${isAll ? 'explored completely: ' : ''}${executions} reads-from ${executions === '1' ? 'class' : 'classes'}, one execution for each`,
  withinBounds: {
    preemptions: (bounds, counts) => `with at most ${bounds} preemptions: ${counts}`,
    delays: (bounds, counts) => `with at most ${bounds} delays: ${counts}`,
  },
  boundedOnly: {
    preemptions: (most) => `only schedules with at most ${some(String(most), 'preemption')} were explored`,
    delays: (most) => `only schedules with at most ${some(String(most), 'delay')} were explored`,
  },
  boundedFound: {
    preemptions: (most) =>
      `Only schedules with at most ${some(String(most), 'preemption')} were explored: others may show more.`,
    delays: (most) => `Only schedules with at most ${some(String(most), 'delay')} were explored: others may show more.`,
  },
  holdsTraces: (executions, missed) =>
    `No schedule breaks it: ${some(executions, 'execution')} cover${executions === '1' ? 's' : ''} all traces (a trace missed: ${missed}).`,
  holdsClasses: (executions) =>
    `No schedule breaks it: ${some(executions, 'execution')} cover${executions === '1' ? 's' : ''} all reads-from classes.`,
  howSampled: {
    random: () => 'under a random scheduler',
    pct: (depth) => `with random priorities of threads (PCT, depth ${depth})`,
    pos: () => 'with random priorities of operations (POS)',
    surw: () => 'with threads drawn by the steps they have left (SURW)',
  },
  interleavings: (count) => some(count, 'interleaving'),
  unboundedInterleavings: 'unboundedly many interleavings',
  outcomes: 'outcomes',
  undetermined: '?: executions that read the same leave different contents there, and nothing tells them apart',
  racesNotShown: (count) =>
    count === 1 ? '1 further data race is not shown.' : `${count} further data races are not shown.`,
  racesNotSearched: 'Looking for all data races took too much: there may be others.',
  racesOfRun: 'data races in this run:',
  historyOf: (object) => `calls of ${object}, from call to return:`,
  more: (count) => `… and ${count} more (--json shows all)`,
  share: (count, total) => `${count} of ${some(total, 'interleaving')}`,
  unboundedShare: 'unboundedly many interleavings',
  chance: (odds) => odds,
  underRandom: 'under a random scheduler',
  executionsOf: (count, total) => `${count} of ${some(total, 'execution')}`,
  dropped: (count) => `${some(count, 'interleaving')} dropped by assume`,
  divergence: (odds) => `a random scheduler never ends: ${odds}`,
  token: 'token',
  replayIt: 'replay it:',
  inevitable: '← from here on it cannot be avoided',
  inevitableFromStart: 'It cannot be avoided: every schedule shows it.',
  repeats: '↻ from here on the steps repeat for ever',
  stepsLeftOut: (count) => `… ${count} steps left out; replaying shows them all`,
  prints: (thread, text) => `${thread} prints: ${text}`,
  holds: 'holds',
  holdsProof: (interleavings, states, missed) =>
    `No schedule breaks it: ${interleavings === '1' ? 'the one interleaving is' : `all ${interleavings} interleavings are`} covered by ${some(states, 'state')} (a state missed: ${missed}).`,
  holdsForEver: (states, missed) =>
    `It never ends, and nothing goes wrong in any of its ${some(states, 'state')} (a state missed: ${missed}).`,
  holdsUnboundedProof: (states, missed) =>
    `No schedule breaks it: all interleavings are covered by ${some(states, 'state')} (a state missed: ${missed}).`,
  holdsReduced: (states, missed) =>
    `No schedule breaks it: those that the ${some(states, 'state')} leave out only take independent steps in another order (a state missed: ${missed}).`,
  cyclesLeftOpen:
    'Threads can go round in a cycle of states; whether they may do so for ever, the reduction does not tell.',
  violated: (count) => (count === 1 ? 'violated: one thing goes wrong.' : `violated: ${count} things go wrong.`),
  unknown: 'unknown',
  vacuous: 'every interleaving is dropped by assume',
  unknownBecause: (why) => `unknown: nothing went wrong as far as it was explored, but ${why}.`,
  onlySampled: (executions) => `only ${some(executions, 'execution')} ${executions === '1' ? 'was' : 'were'} sampled`,
  stopped: (why) => `Stopped early: ${why}. What is shown is true; numbers of interleavings are not known.`,
  stopReason: ({ message }) => message,
  cut: (executions, steps) => `${some(executions, 'execution')} cut off after ${steps} steps`,
  least: (preemptions, steps) =>
    `the least: ${preemptions === 1 ? '1 preemption' : `${preemptions} preemptions`}, ${steps === 1 ? '1 step' : `${steps} steps`}`,
  deadlock: 'deadlock',
  outcomeError: (thread, message) => `${thread} fails: ${message}`,
  outcomeWaiting: (thread, operation) => `${thread} waits: ${operation}`,
  outcomeResult: (thread, value) => `${thread} → ${value}`,
  repairHint: (command) => `Its repair: ${command}`,
  repair: repairInEnglish,
  cause: {
    overwrites: (a, aPlace, b, bPlace, object) =>
      `${a}'s write${aPlace} overwrites ${b}'s${bPlace}: nothing orders ${a}'s read and write of ${object} with respect to ${b}'s.`,
    stale: (a, aPlace, b, bPlace, object) =>
      `${a} goes on${aPlace} from a value of ${object} that ${b} has changed since${bPlace}: nothing keeps the two together.`,
    race: (a, aWhat, aPlace, b, bWhat, bPlace, object) =>
      `${a}'s ${aWhat}${aPlace} and ${b}'s ${bWhat}${bPlace} of ${object} race: nothing orders them.`,
    neverSynchronised: (a, b) => `${a} and ${b} have not synchronised before.`,
    lastSynchronised: (from, fromWhat, fromStep, fromPlace, to, toWhat, toStep, toPlace, object) =>
      `The last time before that their threads synchronised was step ${toStep}, ${to}'s ${toWhat}${object === '' ? '' : ` of ${object}`}${toPlace}: it comes after ${from}'s ${fromWhat} in step ${fromStep}${fromPlace}.`,
    startedKnowing: (from, what, step, place, started) =>
      `Their threads have synchronised only when ${started} was started: it comes after ${from}'s ${what} in step ${step}${place}.`,
    unexplained: (thread, call, result, possible) =>
      `${thread}'s ${call} returns ${result}, and no order in which the calls could have taken effect one after the other explains that${possible.length === 0 ? '' : `: it could have returned ${possible.join(' or ')}`}.`,
    waits: (a, object, holder, place) => `${a} waits for ${object}, which ${holder} holds${place}`,
    waitsForSelf: (a, object, place) => `${a} waits for ${object}, which it holds itself${place}`,
    waitsAlone: (a, operation, place) => `${a} waits (${operation})${place}`,
    waitsForNobody: (a, operation, place) => `${a} waits (${operation})${place}, and nobody is left who could end that`,
    cameEarly: (by, operation, step, place) => `: ${by}'s ${operation}${place} came before it, at step ${step}`,
    circle: 'each waits for the next, and nobody can go on',
    cancelled: (thread, place, future, by, cancelPlace) =>
      `${thread} asks for the result of ${future}${place}, which ${by === thread ? 'it' : by} had cancelled${cancelPlace}: nobody catches the CancelledError.`,
    error: (thread, message, place) => `${thread} ends by an error that nobody catches${place}: ${message}`,
    misuse: (thread, message, place) => `${thread} misuses an object${place}: ${message}.`,
    endless: (steps) =>
      steps === 1
        ? 'The last step leads back to the same state; repeated for ever, it gives every thread its turn.'
        : `The last ${steps} steps lead back to the same state; repeated for ever, they give every thread its turn.`,
    livelock: (steps) =>
      `${steps === 1 ? 'The last step leads' : `The last ${steps} steps lead`} back to the same state, and from there no thread can ever end.`,
    starvation: (thread, steps) =>
      `${steps === 1 ? 'The last step leads' : `The last ${steps} steps lead`} back to the same state; repeated for ever, everybody has a turn, but ${thread} gets on no more.`,
    goesOn: (thread) => `${thread} may go on for ever`,
    final: (state) => `In the end: ${state}.`,
    state: (state, thread, place) => `After ${thread}'s last step${place}: ${state}.`,
  },
  replayed: (steps) => (steps === 1 ? '1 step replayed' : `${steps} steps replayed`),
  adapted: (followed, all, step) =>
    `The program has changed since: it first differs at step ${step}; ${followed} of ${all} choices were followed, the rest ran on in order.`,
  threadStates: { new: 'new', runnable: 'runnable', running: 'running', blocked: 'blocked', dead: 'dead' },
  replayHolds: 'Nothing goes wrong in this run.',
  replayViolated: 'This run goes wrong.',
  replayUnfinished: 'The token ends here; the program could go on.',
  endsWith: (state) => `in the end: ${state}`,
  stepHelp: 'any key: next step · b: back · e: to the end · q: quit',
  stepEnd: 'b: back · q: quit',
  galleryHeading: 'Programs of the gallery:',
  galleryHint: 'entrelacs explore <name> explores one; so does a path to a .ts or .js file.',
  firstSeen: 'a failure was seen; the search goes on to the least one and to exact numbers (Ctrl-C ends it)',
  searching: (states, transitions, depth) => `${states} states, ${transitions} transitions, depth ${depth}`,
  sampling: (executions) => `${executions} executions`,
  executing: (executions, rate) => `${executions} executions, ${rate}/s`,
  estimated: (executions, low, high, left) => `of about ${executions} (${low} to ${high}), ${left} left`,
  phase: {
    counting: 'counting interleavings',
    explaining: 'looking for the least schedules',
    verifying: 'running again to verify',
  },
  interrupted: 'stopping; press Ctrl-C again to leave at once',
}

const fr: Messages = {
  explored: (states, transitions) =>
    `exploré en entier : ${quelques(states, 'état')}, ${quelques(transitions, 'transition')}`,
  exploredSoFar: (states, transitions) => `${quelques(states, 'état')}, ${quelques(transitions, 'transition')}`,
  reduced: (states, transitions, isAll) =>
    `${isAll ? 'exploré en entier, avec réduction' : 'avec réduction'} : ${quelques(states, 'état')}, ${quelques(transitions, 'transition')} (entrelacements non comptés)`,
  visited: (states, transitions, isReduced) =>
    `parcouru${isReduced ? ', avec réduction' : ''} : ${quelques(states, 'état')}, ${quelques(transitions, 'transition')} (entrelacements non comptés)`,
  coverage: {
    filter: (size, hashes, fill) =>
      `états retenus par ${hashes} bits chacun dans un filtre de ${size}, plein à ${fill}`,
    missed: (states, share) =>
      `sans doute pris pour connus et manqués : environ ${quelques(states, 'état')} (${share} de ceux qui ont été rencontrés), et tout ce qui ne s'atteint que par eux`,
    probes: (states, missed, low, high) =>
      `sur ${quelques(states, 'état')} ${states === '1' ? 'tiré' : 'tirés'} d'exécutions aléatoires, ${missed} n'${missed === '0' || missed === '1' ? 'avait' : 'avaient'} pas été ${missed === '0' || missed === '1' ? 'visité' : 'visités'} : de ce que parcourent de telles exécutions, il manque de ${low} à ${high} (dans 95 cas sur 100) ; de ce qu'elles atteignent rarement, peut-être davantage`,
  },
  time: {
    free: 'temps : libre, attentes et délais peuvent finir à tout moment',
    virtual: "temps : virtuel, une horloge avance jusqu'à la prochaine échéance quand personne ne peut faire un pas",
  },
  twins: 'jumeaux : les primitives sont les algorithmes dont elles sont faites',
  warning: {
    neverReleased: (object, thread) =>
      `${object} n'est jamais libéré : ${thread} le détient encore à la fin du programme`,
    leakedTask: (loop, task, fate) => `la tâche ${task} de ${loop} est perdue : ${fate}`,
    neverJoined: (thread, place) => `${thread}${place} n'est jamais attendu par join`,
  },
  sampled: (executions, how, seed) => `échantillonné : ${quelques(executions, 'exécution')} ${how}, graine ${seed}`,
  traces: (executions, isAll) =>
    `${isAll ? 'exploré en entier : ' : ''}${quelques(executions, 'exécution')}, une pour chaque trace`,
  readsFromClasses: (executions, isAll) =>
    `${isAll ? 'exploré en entier : ' : ''}${quelques(executions, 'classe')} de lectures (reads-from), une exécution pour chacune`,
  withinBounds: {
    preemptions: (bounds, counts) => `avec au plus ${bounds} préemptions : ${counts}`,
    delays: (bounds, counts) => `avec au plus ${bounds} retards : ${counts}`,
  },
  boundedOnly: {
    preemptions: (most) =>
      `seuls les ordonnancements d'au plus ${quelques(String(most), 'préemption')} ont été explorés`,
    delays: (most) => `seuls les ordonnancements d'au plus ${quelques(String(most), 'retard')} ont été explorés`,
  },
  boundedFound: {
    preemptions: (most) =>
      `Seuls les ordonnancements d'au plus ${quelques(String(most), 'préemption')} ont été explorés : d'autres peuvent en montrer plus.`,
    delays: (most) =>
      `Seuls les ordonnancements d'au plus ${quelques(String(most), 'retard')} ont été explorés : d'autres peuvent en montrer plus.`,
  },
  holdsTraces: (executions, missed) =>
    `Aucun ordonnancement ne le met en défaut : ${quelques(executions, 'exécution')} ${executions === '1' ? 'couvre' : 'couvrent'} toutes les traces (trace manquée : ${missed}).`,
  holdsClasses: (executions) =>
    `Aucun ordonnancement ne le met en défaut : ${quelques(executions, 'exécution')} ${executions === '1' ? 'couvre' : 'couvrent'} toutes les classes de lectures (reads-from).`,
  howSampled: {
    random: () => 'sous un ordonnanceur aléatoire',
    pct: (depth) => `avec des priorités aléatoires des fils (PCT, profondeur ${depth})`,
    pos: () => 'avec des priorités aléatoires des opérations (POS)',
    surw: () => 'avec des fils tirés selon les pas qui leur restent (SURW)',
  },
  interleavings: (count) => quelques(count, 'entrelacement'),
  unboundedInterleavings: "une infinité d'entrelacements",
  outcomes: 'issues',
  undetermined: '? : des exécutions qui lisent la même chose y laissent des contenus différents, que rien ne distingue',
  racesNotShown: (count) =>
    count === 1
      ? "1 autre accès concurrent n'est pas montré."
      : `${count} autres accès concurrents ne sont pas montrés.`,
  racesNotSearched: 'Chercher tous les accès concurrents aurait trop coûté : il peut y en avoir d’autres.',
  racesOfRun: 'accès concurrents dans cette exécution :',
  historyOf: (object) => `appels de ${object}, de l'appel au retour :`,
  more: (count) => `… et ${count} autres (--json les montre toutes)`,
  share: (count, total) => `${quelques(count, 'entrelacement')} sur ${total}`,
  unboundedShare: "une infinité d'entrelacements",
  chance: (odds) => odds,
  underRandom: 'sous un ordonnanceur aléatoire',
  executionsOf: (count, total) => `${quelques(count, 'exécution')} sur ${total}`,
  dropped: (count) => `${quelques(count, 'entrelacement')} ${isOne(count) ? 'écarté' : 'écartés'} par assume`,
  divergence: (odds) => `un ordonnanceur aléatoire ne termine jamais : ${odds}`,
  token: 'jeton',
  replayIt: 'le rejouer :',
  inevitable: "← à partir d'ici, on ne peut plus l'éviter",
  inevitableFromStart: "On ne peut pas l'éviter : tout ordonnancement le montre.",
  repeats: "↻ à partir d'ici, les pas se répètent sans fin",
  stepsLeftOut: (count) => `… ${count} pas omis ; rejouer les montre tous`,
  prints: (thread, text) => `${thread} affiche : ${text}`,
  holds: 'vérifié',
  holdsProof: (interleavings, states, missed) =>
    `Aucun ordonnancement ne le met en défaut : ${quelques(states, 'état')} ${isOne(states) ? 'couvre' : 'couvrent'} ${interleavings === '1' ? "l'unique entrelacement" : `les ${interleavings} entrelacements`} (état manqué : ${missed}).`,
  holdsForEver: (states, missed) =>
    `Il ne finit jamais, et rien ne va mal dans aucun de ses ${states} états (un état manqué : ${missed}).`,
  holdsUnboundedProof: (states, missed) =>
    `Aucun ordonnancement ne le met en défaut : ${quelques(states, 'état')} ${isOne(states) ? 'couvre' : 'couvrent'} tous les entrelacements (état manqué : ${missed}).`,
  holdsReduced: (states, missed) =>
    `Aucun ordonnancement ne le met en défaut : ceux que ${states === '1' ? "l'unique état laisse" : `les ${states} états laissent`} de côté ne font que des pas indépendants dans un autre ordre (état manqué : ${missed}).`,
  cyclesLeftOpen:
    "Les fils peuvent tourner en rond d'un état à l'autre ; s'ils le peuvent sans fin, la réduction ne le dit pas.",
  violated: (count) => (count === 1 ? 'en défaut : un problème.' : `en défaut : ${count} problèmes.`),
  unknown: 'inconnu',
  vacuous: 'assume écarte tous les entrelacements',
  unknownBecause: (why) => `inconnu : aucun problème dans ce qui a été exploré, mais ${why}.`,
  onlySampled: (executions) =>
    executions === '0'
      ? "aucune exécution n'a été échantillonnée"
      : executions === '1'
        ? 'seule 1 exécution a été échantillonnée'
        : `seules ${executions} exécutions ont été échantillonnées`,
  stopped: (why) =>
    `Arrêté avant la fin : ${why}. Ce qui est montré est vrai ; les nombres d'entrelacements sont inconnus.`,
  stopReason: raisonDeLArret,
  cut: (executions, steps) => {
    const agreement = executions === '0' || executions === '1' ? '' : 's'
    return `${executions} exécution${agreement} interrompue${agreement} après ${steps} pas`
  },
  least: (preemptions, steps) =>
    `le plus simple : ${preemptions} préemption${preemptions > 1 ? 's' : ''}, ${steps} pas`,
  deadlock: 'interblocage',
  outcomeError: (thread, message) => `${thread} échoue : ${message}`,
  outcomeWaiting: (thread, operation) => `${thread} attend : ${operation}`,
  outcomeResult: (thread, value) => `${thread} → ${value}`,
  repairHint: (command) => `Sa réparation : ${command}`,
  repair: repairInFrench,
  cause: {
    overwrites: (a, aPlace, b, bPlace, object) =>
      `L'écriture de ${a}${aPlace} écrase celle de ${b}${bPlace} : rien n'ordonne la lecture et l'écriture de ${object} par ${a} avec celles de ${b}.`,
    stale: (a, aPlace, b, bPlace, object) =>
      `${a} poursuit${aPlace} avec une valeur de ${object} que ${b} a changée depuis${bPlace} : rien ne tient les deux ensemble.`,
    race: (a, aWhat, aPlace, b, bWhat, bPlace, object) =>
      `${a} (${aWhat}${aPlace}) et ${b} (${bWhat}${bPlace}) accèdent à ${object} sans que rien n'ordonne ces deux accès.`,
    neverSynchronised: (a, b) => `${a} et ${b} ne se sont pas synchronisés avant.`,
    lastSynchronised: (from, fromWhat, fromStep, fromPlace, to, toWhat, toStep, toPlace, object) =>
      `Leurs fils se sont synchronisés pour la dernière fois au pas ${toStep}, ${to} (${toWhat}${object === '' ? '' : ` de ${object}`}${toPlace}), qui vient après le pas ${fromStep}, ${from} (${fromWhat}${fromPlace}).`,
    startedKnowing: (from, what, step, place, started) =>
      `Leurs fils ne se sont synchronisés qu'au démarrage de ${started}, qui vient après le pas ${step}, ${from} (${what}${place}).`,
    unexplained: (thread, call, result, possible) =>
      `${call}, appelé par ${thread}, renvoie ${result}, ce que n'explique aucun ordre dans lequel les appels auraient pu prendre effet l'un après l'autre${possible.length === 0 ? '' : ` : il aurait pu renvoyer ${possible.join(' ou ')}`}.`,
    waits: (a, object, holder, place) => `${a} attend ${object}, que ${holder} détient${place}`,
    waitsForSelf: (a, object, place) => `${a} attend ${object}, qu'il détient lui-même${place}`,
    waitsAlone: (a, operation, place) => `${a} attend (${operation})${place}`,
    waitsForNobody: (a, operation, place) =>
      `${a} attend (${operation})${place}, et il ne reste personne pour y mettre fin`,
    cameEarly: (by, operation, step, place) => ` : ${operation} de ${by}${place} est venu avant, au pas ${step}`,
    circle: 'chacun attend le suivant et personne ne peut avancer',
    cancelled: (thread, place, future, by, cancelPlace) =>
      `${thread} demande le résultat de ${future}${place}, ${by === thread ? "qu'il" : `que ${by}`} avait annulé${cancelPlace} : personne n'intercepte l'erreur CancelledError.`,
    error: (thread, message, place) =>
      `${thread} se termine par une erreur que personne n'intercepte${place} : ${message}`,
    misuse: (thread, message, place) => `${thread} emploie mal un objet${place} : ${message}.`,
    endless: (steps) =>
      steps === 1
        ? 'Le dernier pas ramène au même état ; répété sans fin, il donne son tour à chaque fil.'
        : `Les ${steps} derniers pas ramènent au même état ; répétés sans fin, ils donnent son tour à chaque fil.`,
    livelock: (steps) =>
      `${steps === 1 ? 'Le dernier pas ramène' : `Les ${steps} derniers pas ramènent`} au même état, et de là aucun fil ne peut finir.`,
    starvation: (thread, steps) =>
      `${steps === 1 ? 'Le dernier pas ramène' : `Les ${steps} derniers pas ramènent`} au même état ; répétés sans fin, chacun a son tour, mais ${thread} n'avance plus.`,
    goesOn: (thread) => `${thread} peut continuer sans fin`,
    final: (state) => `À la fin : ${state}.`,
    state: (state, thread, place) => `Après le dernier pas de ${thread}${place} : ${state}.`,
  },
  replayed: (steps) => `${steps} pas ${steps < 2 ? 'rejoué' : 'rejoués'}`,
  adapted: (followed, all, step) =>
    `Le programme a changé depuis : première différence au pas ${step} ; ${followed} choix suivis sur ${all}, la suite a couru dans l'ordre.`,
  threadStates: { new: 'nouveau', runnable: 'prêt', running: 'en cours', blocked: 'en attente', dead: 'terminé' },
  replayHolds: 'Aucun problème dans cette exécution.',
  replayViolated: 'Cette exécution est en défaut.',
  replayUnfinished: 'Le jeton s’arrête ici ; le programme pourrait continuer.',
  endsWith: (state) => `à la fin : ${state}`,
  stepHelp: 'une touche : pas suivant · b : retour · e : à la fin · q : quitter',
  stepEnd: 'b : retour · q : quitter',
  galleryHeading: 'Programmes de la galerie :',
  galleryHint: 'entrelacs explore <nom> en explore un ; de même un chemin vers un fichier .ts ou .js.',
  firstSeen:
    "un problème est apparu ; la recherche continue jusqu'au plus simple et aux nombres exacts (Ctrl-C l'arrête)",
  searching: (states, transitions, depth) => `${states} états, ${transitions} transitions, profondeur ${depth}`,
  sampling: (executions) => `${executions} exécutions`,
  executing: (executions, rate) => `${executions} exécutions, ${rate}/s`,
  estimated: (executions, low, high, left) => `sur environ ${executions} (${low} à ${high}), encore ${left}`,
  phase: {
    counting: 'comptage des entrelacements',
    explaining: 'recherche des ordonnancements les plus simples',
    verifying: 'nouvelle exécution pour vérifier',
  },
  interrupted: 'arrêt en cours ; Ctrl-C à nouveau pour quitter tout de suite',
}

/** Why a search stopped, in French. */
function raisonDeLArret({ reason, limit, longest, bound }: Stopped): string {
  const longestText =
    longest === undefined
      ? ''
      : ` ; le fil « ${longest.thread} » a effectué jusqu'à ${quelques(formatWhole(longest.operations, 'fr'), 'opération')}`
  const loopHint = " ; si un fil boucle sans fin, qu'il dise p.at(étiquette, …locales) en tête de la boucle"
  switch (reason) {
    case 'states':
      return `la limite sur les états a été atteinte${longestText}`
    case 'memory':
      return `la limite sur la mémoire a été atteinte${longestText}${loopHint}`
    case 'history':
      if (limit === 'threads') return "le programme a plus de fils que l'échantillonnage n'en suit"
      if (limit === 'values')
        return 'les valeurs dans les objets partagés prennent trop de place ; explorez une instance plus petite, ou gardez-y de plus petites valeurs'
      if (limit === 'steps')
        return `une exécution prend trop de pas, et dpor mène chacune à son terme${longestText} ; la stratégie graph voit si elle continue sans fin, pourvu que les fils qui bouclent disent p.at(étiquette, …locales) en tête de la boucle`
      return limit === 'operations'
        ? `une exécution est trop longue pour être suivie${longestText}${loopHint}`
        : `une exécution ou une valeur est trop grande pour être suivie${longestText}${loopHint}`
    case 'preemptions':
    case 'delays':
      return fr.boundedOnly[reason](bound ?? 0)
    case 'bitstate':
      return "les états n'ont été retenus que par quelques bits chacun : certains ont pu passer pour connus"
    case 'cycles':
      return "les fils peuvent tourner en rond d'un état à l'autre, et la réduction ne dit pas s'ils le peuvent sans fin"
    case 'aborted':
      return 'arrêté à la demande'
    case 'first':
      return 'arrêté au premier problème, comme demandé'
  }
}

/** The sentences of a language. */
export function messagesIn(language: Language): Messages {
  return language === 'fr' ? fr : en
}
