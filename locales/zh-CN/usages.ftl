# 模型使用：列表、详情和各表单。

usages = 模型使用
usage-one = 模型使用
usage-with-id = 模型使用 { $id }
usage-create = 新建使用记录
usage-edit = 编辑使用记录

field-ownerid = 模型机构id
field-usages = 使用信息
field-ioinfo = 交互内容
field-transno = 交易号
field-responsed-seconds = 响应时间（秒）
field-finish-seconds = 结束时间（秒）
field-status = 状态
field-taskid = 任务号
field-accounting-status = 记账状态
field-reason = 失败原因
field-confirm = 确认

## 列表

usages-count = { $count } 条使用记录
filter-status = 状态
filter-id = 使用记录id
filter-taskid = 任务号
filter-backup-time = 归档时间
filter-accounting-status = 记账状态
chip-task = 任务号：{ $value }
chip-status = 状态：{ $value }
chip-accounting = 记账状态：{ $value }
error-name-ambiguous = 有 { $count } 个名称符合，例如 { $ids }：请填写更完整的名称或 id
usages-unsearched = 未统计：历史记录没有按记账状态的索引，统计须逐行读取。
usages-searched = 目前只搜索了 { $count } 行。
usage-tab-created = 待记账
usage-tab-accounted = 已记账
usage-tab-failed = 记账失败
usages-empty-page = 本页的使用记录在此期间已记账、归档或有改动。
usages-empty-match = 没有使用记录符合以上 { $number } 项筛选。
usages-empty-tab = 没有处于这种状态的使用记录
usages-empty-never = 还没有使用记录
usages-empty-never-text = 平台每次调用模型都会在这里写入一条记录。已归档的在历史记录中。
usages-show-all = 查看全部使用记录

## 一条使用记录

usage-call = 这次调用
usage-count = 数量
usage-no-json = 这段文字不是完整的 JSON，按原样显示。
usage-nothing-counted = 没有使用信息。
usage-failures = 这次使用的全部记账失败记录
usage-actions-viewer = 你可以查看此使用记录。录入失败记录需要操作员角色，修改需要管理员角色。
fail-help = 将这次使用设为“记账失败”，并按其数值写入一条失败记录。
fail-do = 录入失败记录
fail-impossible = 不能录入失败记录。{ $why }
fail-accounted = 这次使用已记账，已向客户收费。
fail-archived = 这次使用已归档，历史记录不可修改。
fail-already = 这次使用已是记账失败。
fail-already-open = 这次使用已是记账失败，未处理的失败记录为 { $id }。

usage-event-create = { $author } 新建了此使用记录
usage-event-import = { $author } 导入了此使用记录
usage-event-edit = { $author } 编辑了此记录
usage-event-delete = { $author } 删除了此记录
usage-event-retry = { $author } 发起重试记账
usage-event-withdraw-retry = { $author } 撤回了重试
usage-event-record-failure = { $author } 录入了失败记录
usage-event-unknown = { $author } 更改了此使用记录
usage-event-platform = 发生了这次调用

## 表单

error-seconds = 请填写秒数，例如 2.25
error-accounted-stays = 已记账的使用记录须保持已记账：已向客户收费
error-confirm-accounted = 请确认要修改已记账的使用记录
error-usage-retrying = 这次使用正在重试：其状态只能由结果或撤回重试改变
error-usage-decided = 这次使用的一条失败记录已人工动过款项：平台不得再次收费
error-only-platform-accounts = 只有平台可以为使用记账
error-only-retry-creates = 只有重试其失败记录才能让它重新记账
error-only-recording-fails = 只有录入失败记录或撤回重试才能让使用变为记账失败
error-confirm-delete = 请先查看将失去什么再确认。未作任何删除
error-confirm-delete-accounted = 这次使用已记账：请输入其 id { $id } 以确认
error-usage-id-taken = 已有相同 id 的使用记录（当前或历史记录中）
error-task-taken = 另一条使用记录已有此任务号
usage-confirm = 此使用记录已记账
usage-confirm-accounted = 我知道已按这些数值向客户收费，仍要修改。两个版本都保留在操作记录中。
usage-conflict-text = 你的改动还没有保存：你打开之后，此使用记录又有改动。只有一方改过的内容会保留；双方都改过的，请逐项选择后保存。
conflict-usage-taken = 刚刚有人新建了相同 id 或任务号的使用记录：请查看该记录，或换一个 id。
conflict-usage-changed = 没有删除：你打开页面之后，此使用记录又有改动。请重新查看后再确认。
conflict-usage-archived = 此使用记录已归档，历史记录不可修改。
conflict-usage-open = 此使用记录有未处理的失败记录 { $id }，请先处理。
usage-in-the-way = 相关使用记录：

usage-delete-title = 删除这条使用记录？
usage-delete-confirm = 输入这条使用记录的 id
usage-delete-open = 不能删除：有未处理的失败记录 { $id }，请先处理。
usage-delete-lost = 此使用记录从列表、合计和 CSV 中消失，平台再也不能为其记账。
usage-delete-lost-accounted = 此使用记录从列表、合计和 CSV 中消失，尽管已为其向客户收费。
usage-delete-kept-failures = 它的 { $number } 条已关闭的记账失败记录。
usage-delete-do = 删除使用记录

flash-usage-created = 已新建 1 条使用记录，{ $amount }。
flash-usage-saved = 已保存使用记录。
flash-usage-deleted = 已删除 1 条使用记录，{ $amount }。审计记录保留完整的一行。
