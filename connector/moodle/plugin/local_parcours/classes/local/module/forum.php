<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local\module;

use local_parcours\local\document\node;

/**
 * A forum, with the message that opens it.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class forum extends base {
    #[\Override]
    public function rules(): array {
        return ['view', 'posts'];
    }

    #[\Override]
    public function areas(?\stdClass $item): array {
        $post = $item ? $this->first_post($item) : null;
        return parent::areas($item) + ($post || !$item ? ['post' => ['post', (int) ($post->id ?? 0)]] : []);
    }

    #[\Override]
    public function area_of(string $setting): ?string {
        return $setting === 'first_post' ? 'post' : null;
    }

    #[\Override]
    public function read_settings(node $node): array {
        $node->object([], ['type', 'first_post']);
        $post = $node->get('first_post');
        if (!$post->is_null()) {
            $post->object(['subject', 'message']);
        }
        return [
            'type' => $node->get('type', 'general')->choice(['general', 'eachuser', 'qanda', 'blog']),
            'first_post' => $post->is_null() ? null : [
                'subject' => $post->get('subject')->line(),
                'message' => $post->get('message')->text(),
            ],
        ];
    }

    #[\Override]
    public function observe(\stdClass $instance, \stdClass $item): array {
        $post = $this->first_post($item);
        return [
            'type' => $instance->type,
            'first_post' => $post ? ['subject' => $post->subject, 'message' => $post->message] : null,
        ];
    }

    #[\Override]
    public function observe_rules(\stdClass $instance): array {
        return ['posts' => (int) $instance->completionposts];
    }

    /**
     * A first message is changed in place, never taken away.
     *
     * @param array $settings
     * @param array $observed
     * @param \stdClass $instance
     * @return array
     */
    #[\Override]
    public function keep(array $settings, array $observed, \stdClass $instance): array {
        if ($settings['first_post'] !== null || $observed['first_post'] === null) {
            return [$settings, []];
        }
        return [['first_post' => $observed['first_post']] + $settings, ['first_post' => 'neverdeleted']];
    }

    #[\Override]
    public function prepare_new(\stdClass $form): void {
        global $CFG;
        require_once($CFG->dirroot . '/mod/forum/lib.php');
        $form->assessed = 0;
        $form->scale = 0;
        $form->grade_forum = 0;
        $form->forcesubscribe = FORUM_CHOOSESUBSCRIBE;
    }

    #[\Override]
    public function fill(\stdClass $form, array $settings): void {
        $form->type = $settings['type'];
    }

    #[\Override]
    public function fill_rules(\stdClass $form, array $completion): void {
        $form->completionposts = $completion['posts'];
    }

    #[\Override]
    public function save_content(\stdClass $cm, array $settings, ?array $observed, \stdClass $item, string $path): void {
        global $CFG, $DB;
        $wanted = $settings['first_post'];
        if ($wanted === null || $wanted === ($observed['first_post'] ?? null)) {
            return;
        }
        require_once($CFG->dirroot . '/mod/forum/lib.php');
        $post = $this->first_post($item);
        if (!$post) {
            $item->discussionid = $this->open_discussion($cm, $wanted);
            return;
        }
        $post->subject = $wanted['subject'];
        $post->message = $wanted['message'];
        $post->modified = time();
        \mod_forum\local\entities\post::add_message_counts($post);
        $DB->update_record('forum_posts', $post);
        $DB->set_field('forum_discussions', 'name', $wanted['subject'], ['id' => $post->discussion]);
    }

    /**
     * Opens the discussion that holds the first message.
     *
     * @param \stdClass $cm
     * @param array $post
     * @return int id of the discussion
     */
    private function open_discussion(\stdClass $cm, array $post): int {
        return forum_add_discussion((object) [
            'course' => $cm->course,
            'forum' => $cm->instance,
            'name' => $post['subject'],
            'message' => $post['message'],
            'messageformat' => FORMAT_HTML,
            'messagetrust' => 0,
            'mailnow' => 0,
            'groupid' => -1,
        ]);
    }

    /**
     * The message that opens the forum, if it is still there.
     *
     * @param \stdClass $item
     * @return \stdClass|null
     */
    private function first_post(\stdClass $item): ?\stdClass {
        global $DB;
        if (empty($item->discussionid)) {
            return null;
        }
        $sql = "SELECT p.*
                  FROM {forum_posts} p
                  JOIN {forum_discussions} d ON d.firstpost = p.id
                 WHERE d.id = ?";
        return $DB->get_record_sql($sql, [$item->discussionid]) ?: null;
    }
}
