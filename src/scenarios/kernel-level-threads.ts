import { program } from 'entrelacs'

/** The same two threads, each on a thread of the kernel of its own (1:1): while one waits in a system call, the other goes on. */
export default program('kernel-level threads', {}, (_params, p) => {
  const pipe = p.semaphore('pipe', 0)
  p.thread('reader', () => pipe.acquire())
  p.thread('writer', () => pipe.release())
})
