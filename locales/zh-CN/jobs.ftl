# 系统自动执行的工作。

jobs = 后台任务
jobs-about = 系统自动执行的工作。多台服务器共用一个数据库时，同一任务同一时刻只由一台执行。
jobs-job = 任务
jobs-schedule = 计划
jobs-last = 上次执行
jobs-outcome = 结果
jobs-next = 下次执行
jobs-none = 还没有服务器在此数据库上启动后台任务。
job-daily = 每天 { $time }
job-every = 每 { $number } 秒
job-off = 已关闭
job-running = 执行中
job-outcome-done = 完成
job-outcome-failed = 失败
job-outcome-panicked = 异常中断
job-retry-watcher = 跟踪重试记账的结果
job-kept-totals = 更新失败记录的汇总数
job-accounted-usages = 关闭使用记录已记账的失败记录
job-likely-fixed = 试算原因类是否已修复
job-cause-sorting = 识别新失败记录的原因类
may-jobs-admin = 查看后台任务
job-archive = 安排每日归档
job-archive-mover = 将使用记录移入历史
job-tidy-previews = 清理未执行的批量预览
job-simulated-platform = 为演示模拟平台计费
job-tidy-alert-history = 清理过期的告警历史
jobs-idle = 暂无待办

## 本系统自身作为操作人时的名称
by-retry-watcher = 重试跟踪任务
by-new-failures = 新失败记录任务
by-accounted-usages = 已记账使用记录任务
by-batch-runner = 批量操作任务
by-archive = 归档任务
by-command-line = 命令行：{ $user }
jobs-background = 后台待命：暂无待办
