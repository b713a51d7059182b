//! Where the next page is, out of the `Link` headers of an answer.
//!
//! Toast sends one header line for each link, or several in one. The address in it is never followed: it may lead
//! anywhere, and the token would go with it. Only the number of the page is taken.

use axum::http::{HeaderMap, header};

/// Returns the number of the next page; `None` when there is none.
#[must_use]
pub fn next_page(headers: &HeaderMap) -> Option<u32> {
    let lines = headers.get_all(header::LINK).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(links).find(|(_, parameters)| is_next(parameters)).and_then(|(target, _)| page_of(target))
}

/// Whether there is a next page, also when it cannot be said which.
#[must_use]
pub fn has_next(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::LINK).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(links).any(|(_, parameters)| is_next(parameters))
}

/// Splits a line into targets and what is said of them.
fn links(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.split('<').skip(1).filter_map(|link| link.split_once('>'))
}

fn is_next(parameters: &str) -> bool {
    parameters.split([';', ',']).any(|parameter| {
        let Some((name, value)) = parameter.split_once('=') else { return false };
        let relations = value.trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case("rel")
            && relations.split(' ').any(|relation| relation.eq_ignore_ascii_case("next"))
    })
}

fn page_of(target: &str) -> Option<u32> {
    let query = target.split_once('?')?.1.split('#').next()?;
    query.split('&').find_map(|pair| pair.strip_prefix("page="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(lines: &[&str], next: Option<u32>) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::LINK, HeaderValue::from_str(line).expect("is a header"));
        }
        assert_eq!(next_page(&headers), next, "{lines:?}");
    }

    #[test]
    fn the_next_page_is_found_on_whichever_line_it_stands() {
        let next = r#"<https://h/orders/v2/ordersBulk?businessDate=20261118&page=2&pageSize=100>; rel="next""#;
        let first = r#"<https://h/orders/v2/ordersBulk?businessDate=20261118&page=1&pageSize=100>; rel="first""#;
        check(&[next, first], Some(2));
        check(&[first, next], Some(2));
        check(&[&format!("{first}, {next}")], Some(2));
        check(&[first], None);
        check(&[], None);
        check(&[r#"<https://h/x?page=7>; title="a, b"; rel=next"#], Some(7));
        check(&[r#"<https://h/x?pageSize=100>; rel="next""#], None);
        check(&[r#"<https://h/x?page=-1>; rel="next""#, "garbage", "<", r#"<>; rel="next""#], None);
    }
}
