import { program } from 'entrelacs'

/**
 * A radiation machine like the Therac-25: X-rays need the full beam with a target in its way, electrons a weak beam without it.
 * It sets the beam by what is prescribed, which takes a while, and then the turntable by what is prescribed by then.
 */
export default program('therac', {}, (_params, p) => {
  const prescribed = p.cell<'X-rays' | 'electrons'>('prescribed', 'X-rays')
  const beam = p.atomic<'off' | 'full' | 'weak'>('beam', 'off')
  const target = p.atomic('target in place', false)
  p.thread('operator', function* () {
    yield* prescribed.write('electrons')
  })
  p.thread('machine', function* () {
    const power = (yield* prescribed.read()) === 'X-rays' ? 'full' : 'weak'
    yield* p.sleep(8)
    yield* target.write((yield* prescribed.read()) === 'X-rays')
    yield* beam.write(power)
  })
  p.always('never the full beam without the target', (now) => now(beam) !== 'full' || now(target))
})
