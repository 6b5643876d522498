//! How far a long command is, on a terminal; elsewhere silent.

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar over the bytes of a file, on standard error.
#[derive(Debug, Clone)]
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar where standard error is a terminal, nothing where it is not.
    pub fn on_terminal() -> Progress {
        let bar = ProgressBar::new(0);
        // The bar does without the style rather than the import without the bar.
        if let Ok(style) = ProgressStyle::with_template("{msg:10} {bar:40} {bytes}/{total_bytes}, {eta} left")
        {
            bar.set_style(style);
        }
        Progress(bar)
    }

    /// Nothing at all.
    pub fn hidden() -> Progress {
        Progress(ProgressBar::hidden())
    }

    /// Says what is done now, such as "checking".
    pub fn say(&self, what: &'static str) {
        self.0.set_message(what);
        self.0.tick();
    }

    /// Begins a pass over so many bytes.
    pub fn start(&self, bytes: u64) {
        self.0.set_length(bytes);
        self.0.reset();
    }

    /// So many bytes of the pass are done.
    pub fn reach(&self, bytes: u64) {
        self.0.set_position(bytes);
    }

    /// Takes the bar off the terminal.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
