# 列表的已存视图，以及快捷键。

views = 已存视图
views-all = 全部视图
views-none = 还没有已存视图
views-none-text = 先筛选记账失败记录列表，再以名称保存筛选条件。
view = 已存视图
view-new = 保存此视图
view-save = 保存此视图…
view-field-name = 名称
filter-name = 名称
view-column-filter = 显示
view-column-seen-by = 可见范围
view-column-default = 导航默认打开
view-share = 所有人可见
view-open-first = 设为默认：导航打开此视图
filter-replace = 视图
view-replace-title = 或用此筛选替换已有视图的筛选
view-replace-which = 视图
view-replace-help = 名称和可见范围不变。
view-replace = 替换其筛选
view-shows = 显示内容：
view-shared = 所有人
view-shared-by = { $name } 共享
view-private = 仅自己
view-is-default = 默认打开
view-make-default = 设为默认
view-delete = 删除此视图
view-not-saved =
    { $number ->
       *[other] 未保存：有 { $number } 个字段需要更正
    }
view-unknown = 视图“{ $name }”含有已不存在的筛选条件：{ $keys }。下面的列表不含这些条件。
view-keys-gone = 筛选条件已不存在：{ $keys }
view-foreign = 此视图属于 { $name }，请另存自己的视图。未作任何改动。
view-changed = 打开之后此视图已有变动，请核对后再保存。未作任何改动。
view-not-deleted = 没有删除：你打开页面之后，此视图已有变动。请先查看现在的内容，再删除。
view-present = “{ $name }”现在的筛选条件：
error-view-taken = 你已有同名视图
error-view-most =
    { $limit ->
       *[other] 最多 { $limit } 个视图：请先删除一个
    }
flash-view-saved = 已保存视图“{ $name }”。
flash-view-replaced = 视图“{ $name }”现在显示此筛选。
flash-view-changed = 已保存视图。
flash-view-deleted = 已删除视图“{ $name }”，没有更改任何记录。
flash-view-gone = 该视图已不存在或不再共享，以下为未使用该视图的列表。
audit-kind-view = 已存视图
audit-action-create-view = 保存了视图
audit-action-change-view = 修改了视图
audit-action-delete-view = 删除了视图

keys = 快捷键
keys-help = 未在输入时可用的单键快捷键。不用快捷键也能完成所有操作。
keys-rows = 下一行、上一行
keys-arrows = 光标在行上时同上
keys-open = 打开该行
keys-tick = 勾选该行；按住 Shift 则勾选上次至此的所有行
keys-all = 勾选本页全部
keys-retry = 重试已勾选的记录；在记录页上跳到重试按钮，再按 Enter 执行
keys-handle = 处理已勾选的记录；在记录页转到处理表单，并填入你上次使用的处理结果
keys-undo = 撤销：跳到重新打开此记录的表单，或撤销此批量操作的按钮
keys-edit = 编辑此记录
keys-steps = 本次筛选中的下一条、上一条
keys-send = 提交正在填写的表单；可继续时转到下一条记录
keys-go = 转到总览、记账失败、处理汇总、批量操作、模型使用、历史记录、归档、检查
keys-search = 搜索
keys-this = 显示此帮助
keys-on = 启用单键快捷键
keys-close = 关闭
