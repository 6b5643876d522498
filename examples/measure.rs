#![allow(clippy::all, dead_code, missing_debug_implementations)]
#[path = "../tests/support/statements.rs"]
mod statements;
use llmage_admin::base::money::Money;
use llmage_admin::base::paging::Position;
use llmage_admin::db::Database;
use llmage_admin::failed_accounting::condition::*;
use llmage_admin::failed_accounting::failure::Resolution;
use llmage_admin::failed_accounting::filter::*;
use llmage_admin::failed_accounting::{list, totals};
use std::time::Instant;
fn main() {
    let url = std::env::args().nth(1).unwrap();
    let min: f64 = std::env::args().nth(2).map_or(5.0, |t| t.parse().unwrap());
    let only = std::env::args().nth(3).unwrap_or_default();
    let show = std::env::args().nth(4).is_some();
    let db = Database::open(&url, chrono_tz::Tz::UTC).unwrap();
    let pick = |col: &str, order: &str| -> String {
        use diesel::prelude::*;
        #[derive(QueryableByName)]
        struct N {
            #[diesel(sql_type = diesel::sql_types::Text)]
            n: String,
        }
        let q = format!(
            "SELECT {col} AS n FROM llmusage_accounting_failed WHERE {col} IS NOT NULL GROUP BY {col} ORDER BY COUNT(*) {order} LIMIT 1"
        );
        db.run_here(|c| Ok(diesel::sql_query(q).load::<N>(c)?)).unwrap()[0].n.clone()
    };
    let top = |c: &str| pick(c, "DESC");
    let rare = |c: &str| pick(c, "ASC");
    let d = |t: &str| Some(t.parse().unwrap());
    let f = Filter::default;
    let m = |t: &str| Some(t.parse::<Money>().unwrap());
    let mut filters: Vec<(&str, Filter)> = vec![("none", f())];
    let (org, orgr, llm, llmr, user, luid) =
        (top("userorgid"), rare("userorgid"), top("llmid"), rare("llmid"), top("userid"), top("llmusageid"));
    filters.push(("org-top", Filter { userorgid: Some(org.clone()), ..f() }));
    filters.push(("org-rare", Filter { userorgid: Some(orgr), ..f() }));
    filters.push(("llm-top", Filter { llmid: Some(llm.clone()), ..f() }));
    filters.push(("llm-rare", Filter { llmid: Some(llmr), ..f() }));
    filters.push(("user-top", Filter { userid: Some(user), ..f() }));
    filters.push(("usage", Filter { llmusageid: Some(luid), ..f() }));
    filters.push(("day-old", Filter { start_date: d("2025-08-01"), end_date: d("2025-08-01"), ..f() }));
    filters.push(("week-old", Filter { start_date: d("2025-08-01"), end_date: d("2025-08-07"), ..f() }));
    filters.push(("week-new", Filter { start_date: d("2026-05-24"), end_date: d("2026-05-31"), ..f() }));
    filters.push(("month-old", Filter { start_date: d("2025-08-01"), end_date: d("2025-08-31"), ..f() }));
    filters.push(("quarter-old", Filter { start_date: d("2025-07-01"), end_date: d("2025-09-30"), ..f() }));
    filters.push(("from-old", Filter { start_date: d("2025-08-01"), ..f() }));
    filters.push(("until-old", Filter { end_date: d("2025-08-01"), ..f() }));
    filters.push(("until-veryold", Filter { end_date: d("2020-08-01"), ..f() }));
    filters.push((
        "week-llm",
        Filter { llmid: Some(llm.clone()), start_date: d("2025-08-01"), end_date: d("2025-08-07"), ..f() },
    ));
    filters.push((
        "week-org",
        Filter {
            userorgid: Some(org.clone()),
            start_date: d("2025-08-01"),
            end_date: d("2025-08-07"),
            ..f()
        },
    ));
    filters.push(("org-llm", Filter { userorgid: Some(org.clone()), llmid: Some(llm.clone()), ..f() }));
    filters.push(("resolution-written", Filter { resolution: Some(Resolution::WrittenOff), ..f() }));
    filters.push(("resolution-none", Filter { resolution: Some(Resolution::CustomerCredited), ..f() }));
    filters.push(("amount-high", Filter { amount_min: m("49.9"), ..f() }));
    filters.push(("amount-none", Filter { amount_min: m("4900"), ..f() }));
    filters.push(("amount-mid", Filter { amount_min: m("1"), amount_max: m("2"), ..f() }));
    filters.push(("amount-tiny", Filter { amount_max: m("0.00001"), ..f() }));
    for q in ["deadlock", "req-zzz9", "余额不足", "usages", "de", "(((", "nothinglikethis"] {
        filters.push((Box::leak(format!("q={q}").into_boxed_str()), Filter { q: Some(q.into()), ..f() }));
    }
    filters.push(("q=id", Filter { q: Some(org.clone()), ..f() }));
    let (mut worst, mut n) = (0.0f64, 0);
    for (name, filter) in filters {
        for handled in [Handled::Open, Handled::Handled, Handled::All] {
            let base = Filter { handled, ..filter.clone() };
            if !only.is_empty() && !format!("{name} {handled:?} ").contains(&only) {
                continue;
            }
            let t = |work: &mut dyn FnMut()| {
                let mut best = f64::MAX;
                for _ in 0..3 {
                    let s = Instant::now();
                    work();
                    let ms = s.elapsed().as_secs_f64() * 1e3;
                    best = best.min(ms);
                    if ms > 50.0 {
                        break;
                    }
                }
                best
            };
            let search = db.run_here(|c| plan_search(c, &base)).unwrap();
            let ps = t(&mut || {
                db.run_here(|c| plan_search(c, &base)).unwrap();
            });
            if ps > min {
                println!("{ps:9.2} ms  plan_search {name} {handled:?}");
            }
            let mut k = None;
            let tt = t(&mut || {
                k = Some(db.run_here(|c| totals::known(c, &base, &search)).unwrap());
            });
            if tt > min || show {
                println!(
                    "{tt:9.2} ms  totals {name} {handled:?} {}",
                    format!("{:?}", k.unwrap()).chars().take(60).collect::<String>()
                );
            }
            if tt > min && show {
                for s in statements::sent(&db, |c| totals::known(c, &base, &search)) {
                    println!("      {s}");
                }
            }
            n += 1;
            worst = worst.max(tt);
            for column in SortColumn::ALL {
                for descending in [true, false] {
                    let filter = Filter { sort: Sort { column, descending }, ..base.clone() };
                    let mut rows = 0;
                    let mut last = None;
                    let tp = t(&mut || {
                        let l = db.run_here(|c| list::page(c, &filter, &search, &Position::Start)).unwrap();
                        rows = l.rows.len();
                        last = l.rows.last().cloned();
                    });
                    n += 1;
                    worst = worst.max(tp);
                    if tp > min || (show && only.contains(" ")) {
                        println!("{tp:9.2} ms  page {name} {handled:?} {} rows={rows}", filter.sort.name());
                        if show {
                            for s in
                                statements::sent(&db, |c| list::page(c, &filter, &search, &Position::Start))
                            {
                                println!("      {s}");
                            }
                        }
                    }
                    if let Some(last) = last {
                        let pos = Position::After(last.cursor.clone());
                        let tp = t(&mut || {
                            db.run_here(|c| list::page(c, &filter, &search, &pos)).unwrap();
                        });
                        if tp > min {
                            println!("{tp:9.2} ms  page2 {name} {handled:?} {}", filter.sort.name());
                        }
                        let pos = Position::Before(last.cursor);
                        let tp = t(&mut || {
                            db.run_here(|c| list::page(c, &filter, &search, &pos)).unwrap();
                        });
                        if tp > min {
                            println!("{tp:9.2} ms  back {name} {handled:?} {}", filter.sort.name());
                        }
                    }
                }
            }
        }
    }
    println!("{n} measured, worst {worst:.1} ms");
}
