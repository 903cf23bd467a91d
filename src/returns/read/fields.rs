//! Groups of fields as reports carry them: `Name: value` with folding, groups apart by blank lines. Pure.

/// One group, names in lower case.
pub(super) type Group = Vec<(String, String)>;

/// Groups beyond this are not read: a mail of ours has one recipient.
const MOST: usize = 50;

/// The groups of a report.
pub(super) fn groups(bytes: &[u8]) -> Vec<Group> {
    let text = String::from_utf8_lossy(bytes);
    let mut groups: Vec<Group> = vec![Group::new()];
    for line in text.lines() {
        let Some(group) = groups.last_mut() else { break };
        if line.trim().is_empty() {
            if !group.is_empty() && groups.len() < MOST {
                groups.push(Group::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The first field of this name.
pub(super) fn field<'g>(group: &'g Group, name: &str) -> Option<&'g str> {
    group.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_unfold_and_groups_end_at_blank_lines() {
        let found = groups(b"Reporting-MTA: dns; a\r\n\r\n\r\nAction : failed\r\nDiagnostic-Code: smtp; 550\r\n\tno such user\r\nno field\r\n");
        assert_eq!(found.len(), 2);
        assert_eq!(field(&found[1], "action"), Some("failed"));
        assert_eq!(field(&found[1], "diagnostic-code"), Some("smtp; 550 no such user"));
        assert_eq!(field(&found[1], "status"), None);
        assert!(groups(b"\n\n \n").is_empty());
        assert!(groups("a: b\n\n".repeat(1_000).as_bytes()).len() <= MOST);
    }
}
