//! Who appears in the demo: models, organisations and people. All organisations and people are invented.

use super::Named;
use super::random::Random;

/// The model that makes videos: its usages count seconds, not tokens.
pub(super) const VIDEO: usize = 11;

const MODELS: [&str; 12] = [
    "Qwen3 Max",
    "DeepSeek V4",
    "Kimi K3",
    "GLM-5",
    "Qwen3 Coder Plus",
    "Doubao Seed 2.0 Pro",
    "DeepSeek R2",
    "MiniMax M3",
    "GLM-5 Air",
    "Hunyuan T2",
    "ERNIE 5.0 Turbo",
    "Wan 3.0 Video",
];

const ORGANISATIONS: [&str; 40] = [
    "开源智算平台",
    "杭州云帆网络科技有限公司",
    "Northwind Analytics Ltd.",
    "深圳市星河智能技术有限公司",
    "上海澜图信息科技有限公司",
    "Blue Heron Software GmbH",
    "北京知行数据服务有限公司",
    "成都青禾教育科技有限公司",
    "Larkspur & Sons, Inc.",
    "广州海岸线电子商务有限公司",
    "苏州微尺度生物科技有限公司",
    "Pinecrest Legal LLP",
    "武汉江城软件园有限公司",
    "南京木棉文化传媒有限公司",
    "O'Hara Freight Systems",
    "西安秦岭工业互联网有限公司",
    "厦门鹭岛游戏有限公司",
    "Kestrel Robotics",
    "重庆山城物流科技有限公司",
    "天津渤海供应链管理有限公司",
    "Meridian Health Partners",
    "合肥量径科技有限公司",
    "长沙岳麓影视制作有限公司",
    "Sable Insurance Group",
    "青岛蓝湾海洋数据有限公司",
    "郑州中原农业科技有限公司",
    "Fjord Media AS",
    "宁波甬江外贸服务有限公司",
    "大连北方船舶信息有限公司",
    "Quillfeather Publishing",
    "昆明滇池旅游科技有限公司",
    "福州榕树金融信息服务有限公司",
    "Tanager Retail (Asia) Pte. Ltd.",
    "济南泉城政务软件有限公司",
    "无锡太湖传感技术有限公司",
    "Cobalt Mining Research",
    "珠海横琴跨境数据有限公司",
    "哈尔滨冰城智能装备有限公司",
    "Wren Street Studio",
    "内部测试组",
];

const FAMILIES: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
    "郭", "马", "欧阳",
];
const GIVENS: [&str; 20] = [
    "伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "子涵", "雨桐", "浩然", "思远", "晓梅",
    "建国", "婷婷", "宇轩", "佳怡", "文博",
];
const FIRSTS: [&str; 20] = [
    "Emma", "Noah", "Olivia", "Liam", "Priya", "Mateo", "Ingrid", "Yusuf", "Chloé", "Daniel", "Hana",
    "Lukas", "Amara", "Peter", "Zoë", "Ravi", "Grace", "Marek", "Elena", "Tom",
];
const LASTS: [&str; 20] = [
    "Clarke",
    "Novak",
    "Okafor",
    "Lindqvist",
    "Sharma",
    "Reyes",
    "Hoffmann",
    "Demir",
    "O'Neill",
    "Tanaka",
    "Murphy",
    "Silva",
    "Kowalski",
    "Dubois",
    "Bennett",
    "Rossi",
    "Nguyen",
    "Haddad",
    "Fischer",
    "Walsh",
];

/// How many users are Chinese; the rest have English names.
const CHINESE_USERS: usize = 95;
const USERS: usize = 150;

/// The twelve models, the most used first.
pub(super) fn models(random: &mut Random) -> Vec<Named> {
    MODELS.iter().map(|name| named(random.id(), name)).collect()
}

/// The forty organisations, the busiest first; a few have the short ids of an installation's first days.
pub(super) fn organisations(random: &mut Random) -> Vec<Named> {
    let id = |(position, name): (usize, &&str)| match position {
        0 => named("0".to_owned(), name),
        6 => named("1".to_owned(), name),
        39 => named("test".to_owned(), name),
        _ => named(random.id(), name),
    };
    ORGANISATIONS.iter().enumerate().map(id).collect()
}

/// The hundred and fifty users, in random order, no name twice.
pub(super) fn users(random: &mut Random) -> Vec<Named> {
    let mut names: Vec<String> = (0..USERS).map(user_name).collect();
    random.shuffle(&mut names);
    names.iter().map(|name| named(random.id(), name)).collect()
}

fn user_name(position: usize) -> String {
    // Within one family name the quotient moves the given name on, so no pair comes twice.
    let (first, second) = (position % 20, (position * 7 + position / 20) % 20);
    if position < CHINESE_USERS {
        format!("{}{}", FAMILIES[first], GIVENS[second])
    } else {
        format!("{} {}", FIRSTS[first], LASTS[second])
    }
}

fn named(id: String, name: &str) -> Named {
    Named { id, name: name.to_owned() }
}
