//! The places of the questions that are asked at once: whoever came first is served first, so that a test of thousands of
//! failures, which gives a place back to take it again, lets others in between.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Questions that this process asks at once, whoever they are for.
pub(super) const AT_ONCE: usize = 8;

/// Some places, and who waits for one.
#[derive(Debug, Default)]
pub(super) struct Places {
    queue: Mutex<Queue>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    taken: usize,
    next: u64,
    /// The tickets of those who wait, in their order.
    waiting: VecDeque<u64>,
}

/// A place, until dropped.
pub(super) struct Place<'a>(&'a Places);

impl Places {
    /// A place, when it is one's turn; none after that time.
    pub fn take(&self, deadline: Instant) -> Option<Place<'_>> {
        let mut queue = self.lock();
        let ticket = queue.next;
        queue.next += 1;
        queue.waiting.push_back(ticket);
        loop {
            let left = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero());
            let Some(left) = left else {
                queue.waiting.retain(|waiting| *waiting != ticket);
                self.moved.notify_all();
                return None;
            };
            if queue.taken < AT_ONCE && queue.waiting.front() == Some(&ticket) {
                queue.waiting.pop_front();
                queue.taken += 1;
                self.moved.notify_all();
                return Some(Place(self));
            }
            queue = self.moved.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.lock().taken -= 1;
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    #[test]
    fn whoever_gives_a_place_back_takes_it_again_after_those_who_wait() {
        let places = Places::default();
        let mut held: Vec<Place<'_>> = (0..AT_ONCE).map(|_| places.take(soon()).unwrap()).collect();
        assert!(places.take(Instant::now() + Duration::from_millis(20)).is_none(), "all are taken");
        let (tell, told) = mpsc::channel();
        std::thread::scope(|scope| {
            for name in ["first", "second"] {
                let before = places.lock().waiting.len();
                let (tell, places) = (tell.clone(), &places);
                scope.spawn(move || {
                    let place = places.take(soon());
                    tell.send(name).unwrap();
                    drop(place);
                });
                while places.lock().waiting.len() == before {
                    std::thread::yield_now();
                }
            }
            drop(held.pop());
            let again = places.take(soon());
            tell.send("again").unwrap();
            drop(again);
        });
        assert_eq!(told.try_iter().collect::<Vec<_>>(), ["first", "second", "again"]);
        assert_eq!(places.lock().taken, AT_ONCE - 1);
    }
}
