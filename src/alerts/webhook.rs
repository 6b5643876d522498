//! A signed POST to a webhook.

use std::time::Duration;

use secrecy::SecretString;

use super::delivery::Reply;
use crate::base::outbound::{Answer, Bounds, Caller};
use crate::error::Result;

/// The whole exchange takes at most this long; of an answer so many bytes are read.
const BOUNDS: Bounds = Bounds { timeout: Duration::from_secs(10), longest: 2_048 };

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub url: String,
    /// The delivery's id: the same at each try.
    pub delivery: String,
    /// Seconds since 1970, of this try.
    pub timestamp: i64,
    /// JSON.
    pub body: String,
}

/// Posts; gives whether the receiver took it (any 2xx), and what it answered.
pub fn send(post: &Post, secret: &SecretString, allows_private: bool) -> Result<(bool, Reply)> {
    let caller = Caller::new(&post.url, secret, allows_private, BOUNDS);
    let answer = caller.post(post.timestamp, &[("x-llmage-delivery", &post.delivery)], &post.body)?;
    Ok(match answer {
        // The status is the answer; of the rest what comes in time is kept.
        Answer::Came { status, body, .. } => {
            let text = String::from_utf8_lossy(&body).into_owned();
            ((200..300).contains(&status), Reply::Status { code: status, text })
        }
        Answer::Private(address) => (false, Reply::Private(address.to_string())),
        Answer::Silent => (false, Reply::Silent(BOUNDS.timeout.as_secs())),
        Answer::Error(why) => (false, Reply::Error(why)),
    })
}
