//! Builders of Telegram exports with named people, for tests of every room. Files come out as Telegram Desktop writes
//! them; the same calls give the same bytes. Never used outside tests, holds no rule of the product.

mod big;
mod corpus;
mod export;
mod hostile;
mod moment;

pub use big::big_chat;
pub use corpus::{Corpus, FORMS, word};
pub use export::{Export, Person};
pub use hostile::{BIDI, LINK, LONG_LINE, MARKUP, hostile_chat};
pub use moment::local;

/// The manager whose account is exported, unless a test says otherwise.
pub const ANNA: Person = Person { id: 4001, name: "Анна Белова" };
/// A colleague.
pub const IGOR: Person = Person { id: 4002, name: "Игорь Смирнов" };
/// A client.
pub const KIRILL: Person = Person { id: 555, name: "Кирилл · Промстрой" };
