# 一致性检查。

check = 检查
check-about = 检查表中不应存在的情况：同时存在两处或完全缺失的使用记录、与之矛盾的失败记录、无法识别的取值。
check-do = 立即检查
check-under-way = 正在检查。本页每隔几秒刷新一次。
check-last = 上次检查：{ $time }，{ $author }，用时 { $number } 秒。
check-clean = 没有发现问题。
check-found = { $number } 类有问题。
check-class = 检查内容
check-count = 数量
check-first = 前几条
check-never = 还没有检查过
check-seen-at = 以 { $time } 的检查结果为准。
flash-check-asked = 检查即将在后台开始。
may-check-viewer = 查看上次检查的结果
may-check-admin = 检查数据表
job-check = 按需检查数据表

check-in-live-and-history = 同时在当前表和历史表中的使用记录
check-failed-without-failure = 记账失败但没有失败记录的使用记录
check-repeats-earlier = 重复较早失败的未处理记录
check-open-failure-of-accounted = 使用已记账但失败记录未处理
check-charged-twice = 人工与平台重复收费
check-failed-without-open = 记账失败，但其失败记录全部关闭且无决定
check-failure-without-usage = 找不到使用记录的失败记录
check-created-too-long = 待记账超过一小时的使用记录
check-accounted-for-nothing = 有用量但记账金额为零的使用记录
check-foreign-handled = “是否已处理”既非 0 也非 1 的失败记录
check-foreign-accounting-status = 记账状态无法识别的使用记录
check-audit-chain = 被绕过系统改动、增加或删除的审计记录

check-help-in-live-and-history = 内容相同的，下次归档会删除当前表中的一条；内容不同的会保留并列出。
check-help-failed-without-failure = 失败列表中看不到它们。请打开使用记录查看经过。
check-help-repeats-earlier = 同一使用有更新的未处理失败记录，同一笔金额被重复计入。请将其取代。
check-help-open-failure-of-accounted = 已向客户收费。请处理该失败记录，以免重复重试。
check-help-charged-twice = 客户付了两次。请撤回人工收费并附说明结清该失败记录，或退还客户。
check-help-failed-without-open = 没有列表显示这笔款项。请重新打开最新的失败记录，或重新记录失败。
check-help-failure-without-usage = 使用记录已删除或从未写入。失败记录可以处理，不能重试。
check-help-created-too-long = 平台的记账程序没有处理它们：程序是否在运行？
check-help-accounted-for-nothing = 模型产生了用量，但没有向客户收费。
check-help-foreign-handled = 视为未处理。由其他程序写入。
check-help-foreign-accounting-status = 记账程序不会处理，归档时也会保留。
check-help-audit-chain = 有人直接写入了审计表。
