# 将已记账的使用记录移入历史。

error-cutoff-later = 最晚为今天 { $today }：今天及以后的使用记录不归档
archive-conflict-running = 已有归档正在进行：由 { $by } 于 { $at } 发起。请等待其结束，或将其停止。
archive-conflict-over = 这次归档已经结束；如需继续，请重新开始一次归档。
archive-conflict-taken = 另一个进程已接管这次归档。

archive = 归档
archive-about = 已记账的使用记录从当前表移入历史表，之后只供查阅。每条先复制，证明一致后才删除。
archive-active = 正在归档
archive-progress = 归档进度
archive-so-far = 已移动 { $count } 条，共 { $expected } 条，交易金额 { $amount }
archive-goes-on = 关闭本页不影响归档。
archive-stop = 停止归档
archive-preview = 归档预览
archive-look = 预览
archive-not-started = 没有开始
field-cutoff-date = 使用日期早于
archive-cutoff-help = 当天及以后的使用记录不归档。最晚为今天。
archive-goes = 将移动 { $count } 条
archive-days = 使用日期 { $oldest } 至 { $newest }
archive-oldest = 最早的使用日期为 { $oldest }
archive-known = 其中 { $number } 条历史记录中已有，内容相同：只从当前表删除。
archive-stays = 不归档的及原因
archive-nothing-stays = 全部可以归档。
archive-first-only = 这里只查看了最早的 10,000 条；归档时会处理全部。
archive-do = 归档 { $cutoff } 之前的使用记录
archive-viewer = 你可以查看。执行归档需要管理员角色。
archive-runs = 归档历次执行
archive-runs-none = 还没有执行过归档。
archive-daily =
    { $days ->
        [0] 下次自动归档：{ $time }，归档当天之前的全部
       *[other] 下次自动归档：{ $time }，保留之前 { $days } 天
    }
archive-daily-off = 每日自动归档已关闭。
archive-column-when = 发起时间
archive-column-who = 发起人
archive-column-state = 状态
archive-column-rows = 条数
archive-column-seconds = 秒
archive-column-left = 未归档；核对
archive-column-why = 原因
archive-column-first = 前几条
archive-state-waiting = 等待中
archive-state-running = 进行中
archive-state-stopping = 正在停止
archive-state-stopped = 已停止
archive-state-done = 完成
archive-state-failed = 失败
archive-left-open-failure = 有未处理的记账失败记录
archive-left-retrying-failure = 重试尚无结果
archive-left-no-day = 使用日期不是有效日期（为空、为零或无法识别），无法判断何时归档
archive-left-other-content = 历史中有相同 id 但内容不同的记录
archive-left-not-copied = 历史表无法原样保存
archive-left-more = 另有 { $number } 条
archive-left-nothing = 没有遗留
archive-left-reasons = 有遗留，{ $number } 种原因
archive-proof = 核对
archive-proof-before = 归档前（当前表）
archive-proof-after = 归档后（历史表）
archive-proved = 归档前后条数、金额、成本一致。
archive-unproved = 前后不一致，请先检查数据库。
flash-archive-started = 正在后台归档 { $cutoff } 之前的使用记录。
flash-archive-stopping = 处理完当前一批后停止。

## 历史记录与恢复

history = 历史记录
history-about = 已归档的使用记录，只能查阅，不能修改。
history-read-only = 历史记录不可修改：已归档的使用记录保持记账时的原样。管理员可以将其恢复到当前表。
history-empty = 还没有归档
history-empty-text = 归档执行后，已记账的使用记录会出现在这里。
usage-find = 查找
usage-find-label = 使用记录id或任务号（当前或历史）
usage-find-hint = 使用记录id或任务号
usage-not-found = 当前和历史中都没有 id 或任务号为 { $text } 的使用记录。
chip-backup-time = 归档时间：{ $value }
field-backup-time = 归档时间

restore-link = 恢复…
restore-title = 从历史恢复使用记录？
restore-about = 它们按原样（已记账）回到当前表，审计记录会写明操作人。不会再次收费。除非设置了保留天数或其间有改动，下次归档会再次移入历史。
restore-ids = 使用记录id
restore-ids-help = 每行一个，最多 200 个。
restore-look = 查看
restore-do = 恢复 { $number } 条，{ $amount }
restore-not-done = 没有恢复
restore-none = 请至少填写一个 id
restore-many = 每次最多 { $limit } 条
restore-unknown = 历史中没有 { $id }
restore-live = { $id } 已在当前表中
restore-decided = { $id } 尚待记账，而其失败记录 { $record } 已人工动过款项：恢复后平台会再次收费
restore-task = 另一条当前使用记录已有 { $id } 的任务号：请不要选择 { $id }，或先修改另一条的任务号。没有恢复。
flash-restored = 已恢复 { $number } 条，{ $amount }。
may-history-admin = 从历史恢复使用记录
usage-event-restore = { $author } 从历史恢复了此记录
