# 错误页：标题、发生了什么、怎么办。

error-page-400 = 无法读取此请求
error-page-400-text = 地址或表单在途中损坏，未作任何改动。
error-page-401 = 你还没有登录
error-page-401-text = 请登录后再试，未作任何改动。
error-page-403 = 你无权进行此操作
error-page-403-text = 你的角色不包含此操作，未作任何改动。管理员可以更改你的角色。
error-page-404 = 没有这个页面
error-page-404-text = 此地址没有内容。如果它是一条记账失败记录，可能已被删除；审计记录保留完整的一行。
error-page-405 = 此页面不接受这种请求
error-page-405-text = 地址存在，但不能这样打开，例如重新载入了表单的提交地址。未作任何改动。
error-page-408 = 请求传输超时
error-page-408-text = 连接过慢，未作任何改动，请在浏览器中后退到所填内容并重试。
error-page-409 = 现在不能进行此操作
error-page-409-text = 记录的状态不符合此操作的要求，未作任何改动。
error-page-413 = 提交的内容过大
error-page-413-text = 一个表单最多 1 MiB。未作任何改动，请在浏览器中后退到所填内容并缩短。
error-page-413-file = 在此上传的文件最大 { $limit } MiB，未导入任何记录。请拆分文件，或用命令“llmage-admin import”导入。
error-page-415 = 这不是表单
error-page-415-text = 请求的内容类型在此无法读取，未作任何改动。
error-page-422 = 请求中有错误
error-page-422-text = 请更正下列各项后再试，未作任何改动。
error-page-429 = 尝试次数过多
error-page-429-text = 请稍后再试，未作任何改动。
error-page-500 = 无法生成此页面
error-page-500-text = 这是系统的故障，已按请求编号写入日志。请再试一次；如再次出现，请把编号告诉管理员。
error-page-held-title = 记录正被占用
error-page-held = 另一个程序正占用此记录，未作任何改动。请几秒后再试；在浏览器中后退仍可看到所填内容。
error-page-503 = 数据库没有应答
error-page-unknown-outcome = 保存时与数据库的连接中断：可能已保存，也可能没有。重试之前请先查看该记录。
problem-unknown-outcome = 可能已写入，也可能没有：提交时与数据库的连接中断。请使用相同的 Idempotency-Key 重试：已写入的内容不会再次写入。
error-page-503-text = 数据库不可用或繁忙，未作任何改动。请几秒后再试；在浏览器中后退仍可看到所填内容。
error-page-cross-site = 此请求来自其他网站，或没有说明来源，已被拒绝，未作任何改动。如果是你本人提交的，请后退并重新载入页面，再试一次。
error-page-throttled = 尝试次数过多，请在 { $seconds } 秒后再试。

problem-401 = 请求头 Authorization: Bearer TOKEN 中须有有效的令牌，未作任何改动。
problem-413 = 一个请求最多 1 MiB，未作任何改动。

error-request-id = 请求编号 { $id }
error-try-again = 再试一次
error-to-list = 查看记账失败记录
error-to-account = 你可以做什么
error-to-sign-in = 登录
error-to-record = 返回该记录
error-to-form = 返回表单
