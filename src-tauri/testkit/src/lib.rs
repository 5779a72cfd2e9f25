//! Builders of Telegram exports with named people, for tests of every room. Files come out as Telegram Desktop writes
//! them; the same calls give the same bytes. Never used outside tests, holds no rule of the product.

mod attach;
mod big;
mod corpus;
mod export;
mod hostile;
mod html;
mod moment;
pub mod process;
mod random;
mod seed;

pub use attach::Attachment;
pub use big::big_chat;
pub use corpus::{Corpus, FORMS, word};
pub use export::{Export, Person};
pub use hostile::{BIDI, LINK, LONG_LINE, MARKUP, hostile_chat};
pub use html::{Age, Page};
pub use moment::local;
pub use random::random_export;

/// The manager whose account is exported, unless a test says otherwise.
pub const ANNA: Person = Person { id: 4001, name: "Анна Белова" };
/// A colleague.
pub const IGOR: Person = Person { id: 4002, name: "Игорь Смирнов" };
/// A client.
pub const KIRILL: Person = Person { id: 555, name: "Кирилл · Промстрой" };
