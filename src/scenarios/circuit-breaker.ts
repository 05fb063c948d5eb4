import { CircuitOpen, program } from 'entrelacs'

/** Callers of a service that is down for its first calls: the breaker opens, tries it now and then, and closes again. */
export default program('circuit breaker', { callers: 2, calls: 2, downFor: 2 }, ({ callers, calls, downFor }, p) => {
  const breaker = p.circuitBreaker('breaker', { failures: 1, resetAfter: 30 })
  const service = p.atomic('calls of the service', 0)
  const probing = p.atomic('calls while it is not closed', 0)

  function* ask(isProbe: boolean) {
    if (isProbe) yield* probing.add(1)
    const call = yield* service.add(1)
    if (isProbe) yield* probing.add(-1)
    if (call < downFor) throw new Error('the service is down')
    return 'answered'
  }

  for (let i = 1; i <= callers; i++)
    p.thread(`caller ${i}`, function* () {
      const answers: string[] = []
      for (let call = 0; call < calls; call++)
        try {
          answers.push(yield* breaker.call((admission) => ask(admission === 'probe')))
        } catch (error) {
          answers.push(error instanceof CircuitOpen ? 'refused' : 'down')
        }
      return answers
    })
  p.always('one probe at a time', (now) => now(probing) <= 1)
})
