import type { Program } from 'entrelacs'

/** An entry of the gallery. The program itself is loaded when it is asked for. */
export interface Scenario {
  /** How the command line calls it. */
  readonly name: string
  /** Which systems of the course it shows. */
  readonly rows: readonly string[]
  readonly title: { readonly en: string; readonly fr: string }
  /** The scenario that repairs it, if there is one. */
  readonly repairedBy?: string
  readonly load: () => Promise<{ readonly default: Program }>
}

/** The gallery, in the order of the course. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'killed-holder',
    rows: ['T5'],
    title: { en: 'A worker is killed while it holds a lock', fr: "Un ouvrier est tué alors qu'il tient un verrou" },
    repairedBy: 'killed-holder-asked',
    load: () => import('./killed-holder.js'),
  },
  {
    name: 'killed-holder-asked',
    rows: ['T5'],
    title: { en: 'The worker is asked to stop instead', fr: "L'ouvrier est prié de s'arrêter" },
    load: () => import('./killed-holder-asked.js'),
  },
  {
    name: 'child-error',
    rows: ['T6'],
    title: { en: 'An error in a child thread, unnoticed', fr: 'Une erreur dans un fil enfant, passée inaperçue' },
    repairedBy: 'child-error-carried',
    load: () => import('./child-error.js'),
  },
  {
    name: 'child-error-carried',
    rows: ['T6'],
    title: { en: 'The error is carried to the parent', fr: "L'erreur est remise au parent" },
    load: () => import('./child-error-carried.js'),
  },
  {
    name: 'own-memory',
    rows: ['T7'],
    title: {
      en: 'Two processes increment a global, each its own',
      fr: 'Deux processus incrémentent une globale, chacun la sienne',
    },
    repairedBy: 'own-memory-shared',
    load: () => import('./own-memory.js'),
  },
  {
    name: 'own-memory-shared',
    rows: ['T7'],
    title: {
      en: 'The counter in shared memory, under its lock',
      fr: 'Le compteur en mémoire partagée, sous son verrou',
    },
    load: () => import('./own-memory-shared.js'),
  },
  {
    name: 'own-memory-queue',
    rows: ['T7'],
    title: { en: 'Increments sent through a queue', fr: 'Les incréments envoyés par une file' },
    load: () => import('./own-memory-queue.js'),
  },
  {
    name: 'own-memory-manager',
    rows: ['T7'],
    title: { en: 'The counter kept by a manager', fr: 'Le compteur tenu par un gestionnaire' },
    load: () => import('./own-memory-manager.js'),
  },
  {
    name: 'process-crash',
    rows: ['T7'],
    title: { en: 'A process crashes, the program goes on', fr: 'Un processus plante, le programme continue' },
    load: () => import('./process-crash.js'),
  },
  {
    name: 'fork-held-lock',
    rows: ['T7', 'T8'],
    title: { en: 'A fork copies a lock that somebody holds', fr: "Un fork copie un verrou que quelqu'un tient" },
    repairedBy: 'fork-held-lock-spawned',
    load: () => import('./fork-held-lock.js'),
  },
  {
    name: 'fork-held-lock-spawned',
    rows: ['T7', 'T8'],
    title: { en: 'Spawned, the child has a lock of its own', fr: 'Par spawn, le fils a un verrou à lui' },
    load: () => import('./fork-held-lock-spawned.js'),
  },
  {
    name: 'up-and-down',
    rows: ['P3'],
    title: {
      en: 'One counts up, one counts down: it may never end',
      fr: "L'un compte, l'autre décompte : sans fin, peut-être",
    },
    load: () => import('./up-and-down.js'),
  },
  {
    name: 'bank-account',
    rows: ['Y1'],
    title: { en: 'Two transfers on one account, one is lost', fr: "Deux opérations sur un compte, l'une se perd" },
    repairedBy: 'bank-account-locked',
    load: () => import('./bank-account.js'),
  },
  {
    name: 'bank-account-locked',
    rows: ['Y1', 'Y2'],
    title: { en: 'The bank account repaired with a lock', fr: 'Le compte en banque, réparé par un verrou' },
    load: () => import('./bank-account-locked.js'),
  },
  {
    name: 'lost-update',
    rows: ['Y1'],
    title: { en: 'Increments get lost', fr: 'Des incréments se perdent' },
    load: () => import('./lost-update.js'),
  },
  {
    name: 'critical-section',
    rows: ['Y2'],
    title: { en: 'A critical section and its lock', fr: 'Une section critique et son verrou' },
    load: () => import('./critical-section.js'),
  },
  {
    name: 'philosophers',
    rows: ['Y3'],
    title: { en: 'Dining philosophers deadlock', fr: "L'interblocage des philosophes" },
    repairedBy: 'philosophers-ordered',
    load: () => import('./philosophers.js'),
  },
  {
    name: 'philosophers-ordered',
    rows: ['Y3'],
    title: { en: 'Philosophers who respect an order of forks', fr: 'Des philosophes qui ordonnent leurs fourchettes' },
    load: () => import('./philosophers-ordered.js'),
  },
  {
    name: 'philosophers-arbiter',
    rows: ['Y3'],
    title: {
      en: 'An arbiter lets all philosophers but one to the table',
      fr: 'Un arbitre laisse tous les philosophes, sauf un, à table',
    },
    load: () => import('./philosophers-arbiter.js'),
  },
  {
    name: 'philosophers-try-lock',
    rows: ['Y3', 'Y4'],
    title: {
      en: 'Philosophers who put a fork back and try again',
      fr: 'Des philosophes qui reposent la fourchette et réessaient',
    },
    repairedBy: 'philosophers-arbiter',
    load: () => import('./philosophers-try-lock.js'),
  },
  {
    name: 'polite-diners',
    rows: ['Y4'],
    title: {
      en: 'Two diners too polite to eat: a livelock',
      fr: 'Deux convives trop polis pour manger : un interblocage actif',
    },
    repairedBy: 'polite-diners-insisting',
    load: () => import('./polite-diners.js'),
  },
  {
    name: 'polite-diners-insisting',
    rows: ['Y4'],
    title: { en: 'Politeness with an end', fr: 'Une politesse qui prend fin' },
    load: () => import('./polite-diners-insisting.js'),
  },
  {
    name: 'starvation',
    rows: ['Y4'],
    title: { en: 'A customer may be passed over for ever', fr: 'Un client peut attendre son tour à jamais' },
    repairedBy: 'starvation-tickets',
    load: () => import('./starvation.js'),
  },
  {
    name: 'starvation-tickets',
    rows: ['Y4'],
    title: { en: 'Numbers serve everybody in turn', fr: 'Des numéros servent chacun à son tour' },
    load: () => import('./starvation-tickets.js'),
  },
  {
    name: 'file-check-then-create',
    rows: ['Y5'],
    title: { en: 'A file is made by two who saw none', fr: "Un fichier créé par deux fils qui n'en voyaient pas" },
    repairedBy: 'file-created-exclusively',
    load: () => import('./file-check-then-create.js'),
  },
  {
    name: 'file-created-exclusively',
    rows: ['Y5'],
    title: { en: 'The file is made only if there is none', fr: "Le fichier créé seulement s'il n'existe pas" },
    load: () => import('./file-created-exclusively.js'),
  },
  {
    name: 'therac',
    rows: ['Y6'],
    title: { en: 'Radiation by two prescriptions at once', fr: 'Une irradiation selon deux prescriptions à la fois' },
    repairedBy: 'therac-interlock',
    load: () => import('./therac.js'),
  },
  {
    name: 'therac-interlock',
    rows: ['Y6'],
    title: { en: 'Nobody edits while the machine sets up', fr: 'Aucune saisie pendant les réglages' },
    load: () => import('./therac-interlock.js'),
  },
  {
    name: 'join-and-spawn',
    rows: ['Y7'],
    title: { en: 'Start helpers, wait for them, add up', fr: 'Lancer des aides, les attendre, faire la somme' },
    load: () => import('./join-and-spawn.js'),
  },
  {
    name: 'nested-lock',
    rows: ['Y8'],
    title: { en: 'A lock taken twice by one thread', fr: 'Un verrou pris deux fois par un même fil' },
    repairedBy: 'nested-lock-reentrant',
    load: () => import('./nested-lock.js'),
  },
  {
    name: 'nested-lock-reentrant',
    rows: ['Y8'],
    title: { en: 'A re-entrant lock counts', fr: 'Un verrou réentrant compte' },
    load: () => import('./nested-lock-reentrant.js'),
  },
  {
    name: 'publisher-missed',
    rows: ['Y9'],
    title: { en: 'A notification nobody waits for yet', fr: "Une notification que personne n'attend encore" },
    repairedBy: 'publisher',
    load: () => import('./publisher-missed.js'),
  },
  {
    name: 'publisher-if',
    rows: ['Y9'],
    title: {
      en: 'Awake, but the news has been read: if for while',
      fr: 'Réveillé, mais déjà plus rien à lire : if au lieu de while',
    },
    repairedBy: 'publisher',
    load: () => import('./publisher-if.js'),
  },
  {
    name: 'publisher',
    rows: ['Y9'],
    title: { en: 'A publisher and two subscribers', fr: 'Un éditeur et deux abonnés' },
    load: () => import('./publisher.js'),
  },
  {
    name: 'ticket-sellers',
    rows: ['Y10'],
    title: { en: 'Four sellers, ten tickets, no pause', fr: 'Quatre vendeurs, dix billets, pas de pause' },
    load: () => import('./ticket-sellers.js'),
  },
  {
    name: 'oversold',
    rows: ['Y11'],
    title: {
      en: 'A seat given back twice, and nobody notices',
      fr: 'Une place rendue deux fois, et rien ne le signale',
    },
    repairedBy: 'oversold-repaired',
    load: () => import('./oversold.js'),
  },
  {
    name: 'oversold-bounded',
    rows: ['Y11'],
    title: {
      en: 'A bounded semaphore notices one release too many',
      fr: 'Un sémaphore borné signale la libération de trop',
    },
    repairedBy: 'oversold-repaired',
    load: () => import('./oversold-bounded.js'),
  },
  {
    name: 'oversold-repaired',
    rows: ['Y11'],
    title: { en: 'Every seat is given back once', fr: 'Chaque place est rendue une seule fois' },
    load: () => import('./oversold-repaired.js'),
  },
  {
    name: 'stop-tree-orphan',
    rows: ['T5', 'Y12'],
    title: {
      en: 'A tree of threads stops, one leaf is left behind',
      fr: "Un arbre de fils s'arrête, une feuille est oubliée",
    },
    repairedBy: 'stop-tree',
    load: () => import('./stop-tree-orphan.js'),
  },
  {
    name: 'stop-tree',
    rows: ['T5', 'Y12'],
    title: { en: 'A tree of threads stopped by events', fr: 'Un arbre de fils arrêté par des événements' },
    load: () => import('./stop-tree.js'),
  },
  {
    name: 'barrier-impatient',
    rows: ['Y13'],
    title: {
      en: 'One gives up, and the barrier breaks for all',
      fr: "L'un renonce, et la barrière se rompt pour tous",
    },
    repairedBy: 'barrier',
    load: () => import('./barrier-impatient.js'),
  },
  {
    name: 'barrier',
    rows: ['Y13'],
    title: { en: 'Four parties at a barrier', fr: 'Quatre participants à une barrière' },
    load: () => import('./barrier.js'),
  },
  {
    name: 'unsafe-set',
    rows: ['Q1'],
    title: { en: 'A set that two threads add to', fr: 'Un ensemble complété par deux fils' },
    repairedBy: 'locked-set',
    load: () => import('./unsafe-set.js'),
  },
  {
    name: 'locked-set',
    rows: ['Q1'],
    title: { en: 'The set made safe by a lock', fr: "L'ensemble protégé par un verrou" },
    load: () => import('./locked-set.js'),
  },
  {
    name: 'three-queues',
    rows: ['Q2'],
    title: { en: 'The same numbers through three queues', fr: 'Les mêmes nombres à travers trois files' },
    load: () => import('./three-queues.js'),
  },
  {
    name: 'empty-then-get',
    rows: ['Q2'],
    title: {
      en: 'Look whether it is empty, then get: one waits for ever',
      fr: 'Regarder si elle est vide, puis prendre : un fil attend sans fin',
    },
    repairedBy: 'get-nowait',
    load: () => import('./empty-then-get.js'),
  },
  {
    name: 'get-nowait',
    rows: ['Q2'],
    title: { en: 'Get an item, or be told that there is none', fr: "Prendre, ou apprendre qu'il n'y a rien" },
    load: () => import('./get-nowait.js'),
  },
  {
    name: 'forgotten-task-done',
    rows: ['Q2'],
    title: { en: 'A task is never done: join does not return', fr: 'Une tâche jamais terminée : join ne revient pas' },
    repairedBy: 'task-done',
    load: () => import('./forgotten-task-done.js'),
  },
  {
    name: 'task-done',
    rows: ['Q2'],
    title: { en: 'Every task is done, also the broken one', fr: 'Toute tâche est terminée, même la défectueuse' },
    load: () => import('./task-done.js'),
  },
  {
    name: 'work-stealing',
    rows: ['Q3'],
    title: { en: 'Two ends of a deque, and the last task', fr: "Les deux bouts d'une deque et la dernière tâche" },
    repairedBy: 'work-stealing-safe',
    load: () => import('./work-stealing.js'),
  },
  {
    name: 'work-stealing-safe',
    rows: ['Q3'],
    title: { en: 'The last task is taken in one step', fr: 'La dernière tâche est prise en une étape' },
    load: () => import('./work-stealing-safe.js'),
  },
  {
    name: 'producer-consumer',
    rows: ['Q4'],
    title: { en: 'A producer and a consumer', fr: 'Un producteur et un consommateur' },
    load: () => import('./producer-consumer.js'),
  },
  {
    name: 'worker-pool',
    rows: ['Q4'],
    title: {
      en: 'A pool of workers, sent home by sentinels',
      fr: 'Un groupe de travailleurs, renvoyés par des sentinelles',
    },
    load: () => import('./worker-pool.js'),
  },
  {
    name: 'pipeline',
    rows: ['Q4'],
    title: { en: 'A pipeline of three stages', fr: 'Une chaîne de trois étages' },
    load: () => import('./pipeline.js'),
  },
  {
    name: 'map-reduce',
    rows: ['Q4'],
    title: { en: 'Count words: map and reduce', fr: 'Compter des mots : map et reduce' },
    load: () => import('./map-reduce.js'),
  },
  {
    name: 'circuit-breaker',
    rows: ['Q4'],
    title: { en: 'A circuit breaker before a service that is down', fr: 'Un disjoncteur devant un service en panne' },
    load: () => import('./circuit-breaker.js'),
  },
  {
    name: 'emitter',
    rows: ['X4'],
    title: { en: 'Handlers of an event, and their order', fr: "Les gestionnaires d'un événement et leur ordre" },
    load: () => import('./emitter.js'),
  },
  {
    name: 'temperatures',
    rows: ['X5'],
    title: { en: 'A stream of temperatures, and an alarm', fr: 'Un flux de températures et une alarme' },
    load: () => import('./temperatures.js'),
  },
]
