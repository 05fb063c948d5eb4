import { program } from 'entrelacs'

/** Subscribers wait for a notification that may have been sent before they began to wait. */
export default program('publisher, notification missed', { subscribers: 2 }, ({ subscribers }, p) => {
  const news = p.condition('news')
  p.thread('publisher', () => news.hold(() => news.notifyAll()))
  for (let i = 1; i <= subscribers; i++) p.thread(`subscriber ${i}`, () => news.hold(() => news.wait()))
})
