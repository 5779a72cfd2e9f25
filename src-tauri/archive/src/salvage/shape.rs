//! How the rows of each table are stored: column by column, as the schema's own database tells.

use crate::Error;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Integer,
    Text,
    Blob,
}

struct Column {
    name: String,
    sort: Sort,
    may_be_null: bool,
}

/// A table, or an index that is read like one.
pub struct Shape {
    pub name: String,
    columns: Vec<Column>,
    /// Rows stand under a number of their own.
    is_table: bool,
    /// The column that is that number; it is stored as NULL.
    number: Option<usize>,
    has_entry: bool,
}

/// The table of tables, which has no entry in itself.
pub static SCHEMA: LazyLock<Shape> = LazyLock::new(|| {
    let column = |name: &str, sort, may_be_null| Column { name: name.into(), sort, may_be_null };
    let columns = vec![
        column("type", Sort::Text, false),
        column("name", Sort::Text, false),
        column("tbl_name", Sort::Text, false),
        column("rootpage", Sort::Integer, false),
        column("sql", Sort::Text, true),
    ];
    Shape { name: "sqlite_schema".into(), columns, is_table: true, number: None, has_entry: false }
});

/// The index that knows each chat's number a second time: (account, kind, id, no).
pub const CHATS: &str = "sqlite_autoindex_chats_1";

/// The shapes of all tables of a database, in the order in which rows may be put in, and of the two indexes that know a
/// second time what a lost page knew.
///
/// # Errors
/// The database does not read.
pub fn shapes(sql: &Connection) -> Result<Vec<Shape>, Error> {
    let mut statement = sql.prepare(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )?;
    let tables: Vec<(String, bool)> = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut shapes: Vec<Shape> = tables.into_iter().map(|(name, wr)| table(sql, name, wr)).collect::<Result<_, _>>()?;
    let integer = |name: &str, may_be_null| Column { name: name.into(), sort: Sort::Integer, may_be_null };
    let kind = Column { name: "kind".into(), sort: Sort::Text, may_be_null: false };
    let columns = vec![integer("account", false), kind, integer("id", false), integer("no", false)];
    shapes.push(Shape { name: CHATS.into(), columns, is_table: false, number: None, has_entry: false });
    let numbers = |name: String, middle| {
        let columns = vec![integer("a", false), integer("b", middle), integer("c", false)];
        Shape { name, columns, is_table: false, number: None, has_entry: false }
    };
    shapes.push(numbers(seqs(sql)?, false));
    shapes.push(numbers("messages_by_date".into(), true));
    Ok(shapes)
}

/// The name of the index of versions by Seq: (seq, chat, message).
///
/// # Errors
/// The database does not read.
pub fn seqs(sql: &Connection) -> Result<String, Error> {
    Ok(sql.query_row("SELECT name FROM pragma_index_list('message_versions') WHERE origin = 'u'", [], |row| row.get(0))?)
}

fn table(sql: &Connection, name: String, without_rowid: bool) -> Result<Shape, Error> {
    let mut statement = sql.prepare(
        r#"SELECT name, type, "notnull", pk FROM pragma_table_info(?1) ORDER BY CASE WHEN ?2 AND pk > 0 THEN pk ELSE 1000 + cid END"#,
    )?;
    let mut number = None;
    let mut columns = Vec::new();
    let mut found = statement.query((&name, without_rowid))?;
    while let Some(row) = found.next()? {
        let (sort, key): (String, i64) = (row.get(1)?, row.get(3)?);
        let sort = match sort.as_str() {
            "INTEGER" => Sort::Integer,
            "BLOB" => Sort::Blob,
            _ => Sort::Text,
        };
        if !without_rowid && key > 0 && sort == Sort::Integer {
            number = Some(columns.len());
        }
        let may_be_null = !row.get::<_, bool>(2)? && (key == 0 || !without_rowid);
        columns.push(Column { name: row.get(0)?, sort, may_be_null });
    }
    Ok(Shape { name, columns, is_table: !without_rowid, number, has_entry: true })
}

impl Shape {
    /// True when all of some rows may be this table's, and there are any.
    pub fn fits_all(&self, (is_table, rows): &(bool, Vec<Vec<Value>>)) -> bool {
        *is_table == self.is_table && !rows.is_empty() && rows.iter().all(|row| self.fits(row))
    }

    fn fits(&self, row: &[Value]) -> bool {
        // Columns that a later schema added are not in older rows.
        row.len() <= self.columns.len()
            && self.columns.iter().enumerate().all(|(at, column)| match (row.get(at), column.sort) {
                (None | Some(Value::Null), _) => column.may_be_null || self.number == Some(at),
                (Some(Value::Integer(_)), Sort::Integer) => self.number != Some(at),
                (Some(Value::Text(_)), Sort::Text) | (Some(Value::Blob(_)), Sort::Blob) => true,
                _ => false,
            })
    }

    /// A table whose rows are copied; the indexes are only looked into.
    pub fn is_stored(&self) -> bool {
        self.has_entry
    }

    /// The statement that puts a row in again.
    pub fn insert(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let marks: Vec<String> = (1..=names.len()).map(|n| format!("?{n}")).collect();
        format!("INSERT OR IGNORE INTO {} ({}) VALUES ({})", self.name, names.join(", "), marks.join(", "))
    }

    /// A stored row, every column in its place; `None` when it cannot be this table's.
    pub fn full(&self, number: i64, mut row: Vec<Value>) -> Option<Vec<Value>> {
        if !self.fits(&row) {
            return None;
        }
        row.resize(self.columns.len(), Value::Null);
        if let Some(value) = self.number.and_then(|at| row.get_mut(at)) {
            *value = Value::Integer(number);
        }
        Some(row)
    }
}
