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
    name: 'life-of-a-thread',
    rows: ['T1'],
    title: { en: 'The life of a thread, from new to dead', fr: "La vie d'un fil, de nouveau à terminé" },
    load: () => import('./life-of-a-thread.js'),
  },
  {
    name: 'user-level-threads',
    rows: ['T2'],
    title: {
      en: 'Threads of the program on one thread of the kernel: one call stops all',
      fr: "Des fils de l'utilisateur sur un seul fil du noyau : un appel les arrête tous",
    },
    repairedBy: 'kernel-level-threads',
    load: () => import('./user-level-threads.js'),
  },
  {
    name: 'kernel-level-threads',
    rows: ['T2'],
    title: { en: 'Each on a thread of the kernel of its own', fr: 'Chacun sur son propre fil du noyau' },
    load: () => import('./kernel-level-threads.js'),
  },
  {
    name: 'active-count',
    rows: ['T3'],
    title: { en: 'Many threads, falling to one', fr: 'Beaucoup de fils, puis un seul' },
    load: () => import('./active-count.js'),
  },
  {
    name: 'daemon',
    rows: ['T3'],
    title: { en: 'A daemon dies with its program', fr: 'Un démon meurt avec son programme' },
    repairedBy: 'daemon-awaited',
    load: () => import('./daemon.js'),
  },
  {
    name: 'daemon-awaited',
    rows: ['T3'],
    title: { en: 'The program waits for its daemon', fr: 'Le programme attend son démon' },
    load: () => import('./daemon-awaited.js'),
  },
  {
    name: 'two-ways-to-start',
    rows: ['T4'],
    title: { en: 'A thread as a class and as a function', fr: 'Un fil comme classe et comme fonction' },
    load: () => import('./two-ways-to-start.js'),
  },
  {
    name: 'abrupt-stop',
    rows: ['T5'],
    title: { en: 'A killed thread leaves a lock held for ever', fr: 'Un fil tué laisse un verrou pris à jamais' },
    repairedBy: 'graceful-stop',
    load: () => import('./abrupt-stop.js'),
  },
  {
    name: 'graceful-stop',
    rows: ['T5'],
    title: { en: 'A thread that is asked to stop', fr: 'Un fil à qui on demande de finir' },
    load: () => import('./graceful-stop.js'),
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
    name: 'shared-set',
    rows: ['Q1'],
    title: {
      en: 'A set made for one thread, shared by two',
      fr: 'Un ensemble fait pour un seul fil, partagé par deux',
    },
    repairedBy: 'shared-set-locked',
    load: () => import('./shared-set.js'),
  },
  {
    name: 'shared-set-locked',
    rows: ['Q1'],
    title: {
      en: 'The set made safe by extending it with a lock',
      fr: "L'ensemble rendu sûr : on l'étend par un verrou",
    },
    load: () => import('./shared-set-locked.js'),
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
    name: 'thread-pool',
    rows: ['X1'],
    title: { en: 'A pool of threads: submit, map, shut down', fr: 'Un groupe de fils : soumettre, appliquer, fermer' },
    load: () => import('./thread-pool.js'),
  },
  {
    name: 'pool-waits-for-itself',
    rows: ['X1'],
    title: {
      en: 'A job that waits for a job of its own pool',
      fr: 'Une tâche qui attend une tâche de son propre groupe',
    },
    repairedBy: 'pool-of-parts',
    load: () => import('./pool-waits-for-itself.js'),
  },
  {
    name: 'pool-of-parts',
    rows: ['X1'],
    title: { en: 'Jobs that wait for no jobs', fr: "Des tâches qui n'attendent pas de tâche" },
    load: () => import('./pool-of-parts.js'),
  },
  {
    name: 'gather',
    rows: ['X3'],
    title: { en: 'Three tasks of 2, 3 and 1 s, together', fr: 'Trois tâches de 2, 3 et 1 s, ensemble' },
    load: () => import('./gather.js'),
  },
  {
    name: 'blocked-loop',
    rows: ['X3'],
    title: { en: 'A long task blocks the event loop', fr: "Une longue tâche bloque la boucle d'événements" },
    repairedBy: 'blocked-loop-to-thread',
    load: () => import('./blocked-loop.js'),
  },
  {
    name: 'blocked-loop-to-thread',
    rows: ['X3'],
    title: { en: 'The long task goes to a thread', fr: 'La longue tâche est confiée à un fil' },
    load: () => import('./blocked-loop-to-thread.js'),
  },
  {
    name: 'tasks-lost-update',
    rows: ['X3', 'Y1'],
    title: { en: 'Two tasks read, await and write', fr: 'Deux tâches lisent, attendent et écrivent' },
    repairedBy: 'tasks-lost-update-locked',
    load: () => import('./tasks-lost-update.js'),
  },
  {
    name: 'tasks-lost-update-locked',
    rows: ['X3', 'Y2'],
    title: {
      en: 'The two tasks repaired with a lock of the loop',
      fr: 'Les deux tâches, réparées par un verrou de la boucle',
    },
    load: () => import('./tasks-lost-update-locked.js'),
  },
  {
    name: 'cancelled-task',
    rows: ['X3'],
    title: { en: 'A cancelled task leaves its lock taken', fr: 'Une tâche annulée garde son verrou' },
    repairedBy: 'cancelled-task-finally',
    load: () => import('./cancelled-task.js'),
  },
  {
    name: 'cancelled-task-finally',
    rows: ['X3'],
    title: { en: 'The cancelled task cleans up', fr: 'La tâche annulée fait le ménage' },
    load: () => import('./cancelled-task-finally.js'),
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
  {
    name: 'scheduler-of-threads',
    rows: ['X6'],
    title: { en: 'Exercise: a scheduler of threads', fr: 'Exercice : un ordonnanceur de fils' },
    repairedBy: 'scheduler-clean-stop',
    load: () => import('./scheduler-of-threads.js'),
  },
  {
    name: 'scheduler-clean-stop',
    rows: ['X6'],
    title: { en: 'The scheduler of threads, stopped cleanly', fr: "L'ordonnanceur de fils, arrêté proprement" },
    load: () => import('./scheduler-clean-stop.js'),
  },
]
