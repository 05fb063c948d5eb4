import { program } from 'entrelacs'

/** Two sensors report a hot room: whoever emits runs the handlers, those of one event in the order of their registration. */
export default program('emitter', {}, (_params, p) => {
  const log = p.simpleQueue<string>('log')
  const room = p.emitter(
    'room',
    {
      note: (sensor: string) => log.put(`${sensor}: noted`),
      cool: (sensor: string) => log.put(`${sensor}: cooling`),
      alarm: (sensor: string) => log.put(`${sensor}: alarm`),
    },
    {
      registered: [
        ['hot', 'note'],
        ['hot', 'cool'],
      ],
    },
  )
  p.thread('main', function* () {
    yield* room.once('hot', 'alarm')
    for (const sensor of ['north', 'south']) yield* p.spawn(sensor, () => room.emit('hot', sensor))
  })
  p.finally('the handlers of one event run in order', (final) =>
    ['north', 'south'].every((sensor) => {
      const lines = final(log).filter((line) => line.startsWith(sensor))
      return `${sensor}: noted,${sensor}: cooling,${sensor}: alarm`.startsWith(lines.join()) && lines.length >= 2
    }),
  )
  p.finally('the alarm is raised once', (final) => final(log).filter((line) => line.endsWith('alarm')).length === 1)
})
