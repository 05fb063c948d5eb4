import type { Language } from './messages.js'

/** What is said of a simulated run. */
export interface SimulateMessages {
  readonly on: (machine: string, policy: string, mapping: string, seed: string) => string
  readonly took: (time: string, operations: string) => string
  readonly core: (core: number) => string
  readonly coreShares: (busy: string, switching: string, idle: string) => string
  readonly threadTimes: (running: string, runnable: string, waiting: string) => string
  readonly legend: string
  readonly whereTime: string
  readonly costRunning: string
  readonly costReady: string
  readonly costSwitching: string
  readonly costWaiting: (what: string) => string
  readonly times: (count: string) => string
  readonly coresBusy: (cores: number) => string
  readonly coresWanted: (cores: number, ready: string) => string
  readonly oneAtATime: (what: string, share: string) => string
  readonly slowDevice: (what: string, share: string) => string
  readonly fewThreads: (used: string, cores: number) => string
  readonly switchingCosts: (share: string) => string
  readonly fine: string
  readonly wrong: (count: number) => string
  readonly stopped: (why: string) => string
  readonly oneRun: string
  readonly more: (count: number) => string
}

const english: SimulateMessages = {
  on: (machine, policy, mapping, seed) => `simulated on ${machine}: policy ${policy}, threads ${mapping}, seed ${seed}`,
  took: (time, operations) => `took ${time} of simulated time, ${operations} operations`,
  core: (core) => `core ${core}`,
  coreShares: (busy, switching, idle) => `busy ${busy}, switching ${switching}, idle ${idle}`,
  threadTimes: (running, runnable, waiting) => `ran ${running}, ready ${runnable}, waited ${waiting}`,
  legend: '█ running   ░ ready, without a core   · waiting',
  whereTime: 'where the time of the threads went',
  costRunning: 'running',
  costReady: 'ready, but without a core',
  costSwitching: 'cores changing from one thread to another',
  costWaiting: (what) => `waiting: ${what}`,
  times: (count) => `${count} times`,
  coresBusy: (cores) =>
    cores === 1
      ? 'Why: the core was busy nearly all the time; the work itself takes this long.'
      : `Why: all ${cores} cores were busy nearly all the time; the work itself takes this long.`,
  coresWanted: (cores, ready) =>
    `Why: ${cores === 1 ? 'the core was' : `all ${cores} cores were`} busy nearly all the time, and threads were ready without one for ${ready} in all: more cores would help.`,
  oneAtATime: (what, share) =>
    `Why: threads stood in line for ${what}, ${share} of their time: it lets them through one after the other, and more cores do not help.`,
  slowDevice: (what, share) =>
    `Why: threads spent ${share} of their time in ${what}; cores had little to do meanwhile.`,
  fewThreads: (used, cores) =>
    `Why: on average only ${used} of ${cores} cores had something to do: too few threads could run.`,
  switchingCosts: (share) => `Why: cores spent ${share} of the time changing from one thread to another.`,
  fine: 'nothing went wrong in this run',
  wrong: (count) => (count === 1 ? 'something went wrong in this run' : `${count} things went wrong in this run`),
  stopped: (why) => `Stopped early: ${why}.`,
  oneRun: 'One run is no proof: another seed may end differently, and explore tells what can happen.',
  more: (count) => `… and ${count} more threads`,
}

const french: SimulateMessages = {
  on: (machine, policy, mapping, seed) =>
    `simulé sur ${machine} : politique ${policy}, fils ${mapping}, graine ${seed}`,
  took: (time, operations) => `${time} de temps simulé, ${operations} opérations`,
  core: (core) => `cœur ${core}`,
  coreShares: (busy, switching, idle) => `occupé ${busy}, commutations ${switching}, oisif ${idle}`,
  threadTimes: (running, runnable, waiting) => `exécuté ${running}, prêt ${runnable}, en attente ${waiting}`,
  legend: '█ exécuté   ░ prêt, sans cœur   · en attente',
  whereTime: 'où est passé le temps des fils',
  costRunning: 'exécution',
  costReady: 'prêts, mais sans cœur',
  costSwitching: "cœurs qui passent d'un fil à l'autre",
  costWaiting: (what) => `attente : ${what}`,
  times: (count) => `${count} fois`,
  coresBusy: (cores) =>
    cores === 1
      ? 'Pourquoi : le cœur était presque toujours occupé ; le travail lui-même dure aussi longtemps.'
      : `Pourquoi : les ${cores} cœurs étaient presque toujours occupés ; le travail lui-même dure aussi longtemps.`,
  coresWanted: (cores, ready) =>
    `Pourquoi : ${cores === 1 ? 'le cœur était presque toujours occupé' : `les ${cores} cœurs étaient presque toujours occupés`}, et des fils prêts en ont manqué pendant ${ready} en tout : plus de cœurs aideraient.`,
  oneAtATime: (what, share) =>
    `Pourquoi : les fils ont fait la queue pour ${what}, ${share} de leur temps : ils y passent l'un après l'autre, et plus de cœurs n'y changent rien.`,
  slowDevice: (what, share) =>
    `Pourquoi : les fils ont passé ${share} de leur temps dans ${what} ; les cœurs avaient peu à faire pendant ce temps.`,
  fewThreads: (used, cores) =>
    `Pourquoi : en moyenne, ${used} cœurs sur ${cores} seulement avaient quelque chose à faire : trop peu de fils pouvaient s'exécuter.`,
  switchingCosts: (share) => `Pourquoi : les cœurs ont passé ${share} du temps à changer de fil.`,
  fine: "rien n'est allé de travers dans cette exécution",
  wrong: (count) =>
    count === 1
      ? 'quelque chose est allé de travers dans cette exécution'
      : `${count} choses sont allées de travers dans cette exécution`,
  stopped: (why) => `Arrêté avant la fin : ${why}.`,
  oneRun:
    "Une exécution n'est pas une preuve : une autre graine peut finir autrement, et explore dit ce qui peut arriver.",
  more: (count) => `… et ${count} autres fils`,
}

export function simulateMessagesIn(language: Language): SimulateMessages {
  return language === 'fr' ? french : english
}
