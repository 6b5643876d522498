# 试算重试能否成功；不写入任何内容。

test = 现在重试能成功吗？
test-would_pass = 重试会成功
test-would_fail = 重试仍会失败
test-cannot_be_told = 无法判断重试能否成功
test-again = 再次试算
test-checks = 全部检查
test-help = 依据平台各表的当前内容判断；设置中指明询价地址时，也依据平台现在的价格。不写入任何内容。

## 检查项

test-check-status = 调用状态
test-check-usages = 使用信息
test-check-model = 模型
test-check-map = 定价程序
test-check-organisation = 机构
test-check-account = 账户
test-check-cause = 失败原因
test-ended-holds = 正常
test-ended-fails = 有阻碍
test-ended-untold = 无法判断
test-ended-passed_over = 未检查

## 检查结果

test-status-succeeded = 调用成功。
test-status-other = 平台只为成功的调用记账；此次调用的状态不是成功。
test-usages-counts = 使用信息中有用量。
test-usages-none = 没有使用信息，无法计价。请更正。
test-usages-null = 使用信息为 null，无法计价。请更正。
test-usages-empty = 使用信息为空，无法计价。请更正。
test-usages-cut = 使用信息被截断或不是 JSON。请更正。
test-usages-other = 使用信息不是 JSON 对象。请更正。
test-usages-factor = 使用信息缺少定价需要的计价因子。
test-usages-has-factor = 使用信息中已有此前缺少的计价因子。
test-model-there = 模型存在。
test-model-none = 此次使用没有模型。请更正。
test-model-missing = 平台没有此模型。请在平台添加，或更正此次使用。
test-model-expired = 模型已过期。
test-models-unknown = 此数据库没有模型表；可用此设置指明位置。
test-models-failed = 查询模型失败。
test-map-there = 有且仅有一个默认映射，并有定价程序。
test-map-none = 模型没有默认映射，永远不会记账。请添加。
test-map-several = 模型有多个默认映射，会重复收费。请只保留一个。
test-map-no-program = 模型的默认映射没有定价程序。请补上。
test-map-no-model = 没有模型，无从查找定价程序。
test-maps-unknown = 此数据库没有定价程序的映射表；可用此设置指明位置。
test-maps-failed = 查询定价程序失败。
test-organisation-there = 机构存在。
test-organisation-none = 此次使用没有可收费的机构。请更正。
test-organisation-missing = 平台没有此机构。
test-organisations-unknown = 此数据库没有机构表；可用此设置指明位置。
test-organisations-failed = 查询机构失败。
test-account-there = 机构有账户。
test-account-missing = 机构仍没有账户。请开户。
test-account-no-organisation = 没有机构，无从查找账户。
test-accounts-unknown = 账户在另一个数据库中；可用此设置指明位置。
test-accounts-failed = 查询账户失败。
test-beyond-price = 当时没有价格。现在是否有，只有平台的定价知道。
test-beyond-engine = 平台的定价代码出错。是否已修复，表中看不出。
test-beyond-remote = 远程中心出错。是否已向客户收费、现在是否正常，只有远程中心知道。
test-beyond-balance = 余额不足或账户被冻结。是否已变化，只有远程中心知道。
test-beyond-lost = 与数据库的连接中断。中断前是否已向客户收费，这里的表看不出：重试前请先核实。
test-beyond-schema = 数据库拒绝了平台的写入。是否已修复，表中看不出。
test-beyond-other = 失败原因没有说明缺少什么。

## 价格

test-check-price = 价格
test-price-unasked = 未向平台询价：一次试算最多询价 20,000 条。
test-price-given = 平台可以计价（金额 / 成本）。
test-price-refused = 平台无法计价。
test-price-covers = 这里的表看不出，以价格为准。
test-price-mends = 是否已修复，以价格为准。
test-price-late = 平台未在规定时间内给出价格。
test-price-no-time = 未向平台询价：全部询价的总时限已到。
test-price-given-up = 未向平台询价：平台已连续多次没有回应。
test-price-busy = 未向平台询价：等待询价的试算过多，请稍后再试。
test-price-away = 无法连接平台询价。
test-price-broken = 平台给出价格时连接中断。
test-price-private = LLMAGE_PRICE_URL 指向内网地址，而 LLMAGE_PRICE_PRIVATE 不允许。
test-price-status = 平台没有给出价格，而是返回了错误。
test-price-huge = 平台的回应过长，不是价格。
test-price-no-json = 平台的回应不是约定格式的 JSON 对象。
test-price-neither = 平台的回应既没有金额和成本，也没有原因。
test-price-both = 平台的回应既有价格，又有无法计价的原因。
test-price-negative = 平台的回应含有负的价格。
test-price-no-amount = 平台的回应含有无效金额；金额最多 5 位小数。
test-amount-now = 现在的金额
test-amount-recorded = 记录的金额
test-difference = 差额
test-cost-now = 现在的成本
batch-tested-refusals = 平台对无法计价者的说明
batch-tested-record = 记录
batch-tested-differing = 与记录金额不同的收费，差额最大者在前

## 试算结果

batch-tested = 现在重试能成功吗？
batch-tested-correct = 更正之后能通过吗？
batch-untested = 尚未试算。
batch-preview-changed = 期间有人重新试算或更正了这个预览。请按现在的样子查看。未做任何更改。
batch-tested-pass = 会成功
batch-tested-fail = 仍会失败
batch-tested-untold = 无法判断
batch-tested-fail-why = 仍会失败的记录及原因
batch-tested-untold-why = 无法判断的记录及原因
batch-with-failing =
    { $number ->
       *[other] 仍会失败的 { $count } 条也一并重试：{ $amount }
    }
batch-no-test = 只有重试和更正的批量操作可以试算。
flash-batch-tested = 已按平台各表的当前内容再次试算。
error-batch-all-fail = 全部仍会失败：请先排除阻碍，或勾选此项照样重试。
error-batch-untested = 尚未试算这些记录能否成功：请先试算，或勾选此项不经试算全部重试。
batch-with-untested = 不经试算全部重试
error-batch-with-failing = 必须为 true 或 false。
batch-field-with-failing = 仍会失败的记录
batch-tested-none = 不能重试
cause-test = 此原因类的未处理记录现在重试能成功吗？
test-now = 立即试算
test-too-many = 超过 { $limit } 条记录，无法立即试算；重试批量操作的预览会试算全部记录。

## 可能已修复

fixed = 可能已修复
fixed-sum =
    { $number ->
       *[other] 可能已修复：{ $count } 条，{ $amount }
    }
fixed-sum-more = 可能已修复：{ $count } 条以上，{ $amount }
fixed-models = 模型
fixed-no-model = 没有模型
fixed-since = 开始时间
fixed-tested = 试算时间
fixed-help = 每隔几分钟对每个模型试算一条记录，这些模型的其他记录依据平台各表判断。系统不会自动重试；预览会逐条试算。
fixed-retry = 先试几条再重试…

## 结果不明

outcome-unknown = 结果不明
batch-tested-unknown = 结果不明
outcome-unknown-help = 出现此错误后，无法确定是否已向客户收费：请求已发出，但没有收到答复。重试前请先核对账簿。
outcome-unknown-batch =
    { $number ->
       *[other] 其中 { $count } 条无法确定是否已向客户收费：没有收到答复。除非核对账簿后勾选，否则不会重试。
    }
