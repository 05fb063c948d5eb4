/* As much of the npm engine `simjs` 2.0.3 as is measured. Its package exports nothing: it is made for pages, and puts itself
 * into `window`.
 */

export interface Sim {
  addEntity(kind: new (sim: Sim, name?: string) => Entity): Entity
  simulate(endTime: number, maxEvents: number): boolean
}

export interface Facility {
  readonly stats: unknown
}

export interface Entity {
  start(): void
  time(): number
  setTimer(duration: number): Request
  useFacility(facility: Facility, duration: number): Request
}

export interface Request {
  done(callback: (argument: number) => void, context?: Entity, argument?: number): Request
}

export interface Simjs {
  readonly Sim: new () => Sim
  readonly Facility: (new (name: string, discipline: number, servers: number) => Facility) & { readonly FCFS: number }
  readonly Entity: new (sim: Sim, name?: string) => Omit<Entity, 'start'>
}

/** @param file of the package, as a URL. */
export async function loadSimjs(file: string): Promise<Simjs> {
  const page: { Sim?: Simjs } = {}
  Object.assign(globalThis, { window: page })
  await import(file)
  return page.Sim!
}
