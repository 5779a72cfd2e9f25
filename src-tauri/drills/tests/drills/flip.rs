//! One changed byte, anywhere.

#[test]
fn a_changed_byte_is_noticed_and_no_answer_is_wrong() {
    println!("{}", letopis_drills::flip::drill(200, 7).unwrap());
}
